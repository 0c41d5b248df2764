package dev.drover.exchange;

import java.util.List;

/** One ext_proc stream. Confined to the call's serialised callbacks; not thread-safe. */
public final class Exchange {
  private Phase phase;

  public Exchange(ExchangeContext context) {
    this.phase = new Opening(context);
  }

  /**
   * Takes the next message.
   *
   * @return the answers owed now, in order
   */
  public List<Outbound> advance(Inbound in) {
    Step step = phase.on(in);
    phase = step.next();
    return step.answers();
  }

  /** The phase's name, for tests and error messages. */
  String phaseName() {
    return phase.getClass().getSimpleName();
  }
}
