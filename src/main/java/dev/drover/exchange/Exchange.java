package dev.drover.exchange;

import dev.drover.exchange.account.ExchangeContext;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import java.util.List;

/**
 * Advances one ext_proc stream through its phases. Confined to the call's serialised callbacks; not
 * thread-safe.
 */
public final class Exchange {
  private final ExchangeContext context;
  private Phase phase;

  public Exchange(ExchangeContext context) {
    this.context = context;
    this.phase = new AwaitingHeaders(context);
  }

  /**
   * Takes the next message.
   *
   * @return the answers owed now, in order
   */
  public List<Outbound> advance(Inbound in) {
    long before = context.ticker().nanos();
    Phase by = phase;
    Transition transition = by.on(in);
    phase = transition.next();
    context.stopwatch().took(by.getClass(), context.ticker().nanos() - before);
    return transition.answers();
  }

  /** The phase's name, for tests and error messages. */
  String phaseName() {
    return phase.getClass().getSimpleName();
  }
}
