package dev.drover.exchange;

import dev.drover.exchange.account.ExchangeContext;
import dev.drover.message.BodyMode;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.types.HeldBytes;
import java.util.List;

/**
 * Advances one ext_proc stream through its phases. Confined to the call's serialised callbacks; not
 * thread-safe.
 */
public final class Exchange {
  private final ExchangeContext context;
  private Phase phase;

  private final HeldBytes.Lease held;
  private boolean fullDuplex;
  private boolean requestEnded;

  public Exchange(ExchangeContext context) {
    this.context = context;
    this.held = context.held().lease();
    this.phase = new AwaitingHeaders(context, held);
  }

  /**
   * Takes the next message.
   *
   * @return the answers owed now, in order
   */
  public List<Outbound> advance(Inbound in) {
    if (isSecondEnd(in)) {
      return List.of();
    }
    long before = context.ticker().nanos();
    Phase by = phase;
    Transition transition = by.on(in);
    phase = transition.next();
    if (in instanceof Inbound.Closed) {
      held.release();
    }
    context.stopwatch().took(by.getClass(), context.ticker().nanos() - before);
    return transition.answers();
  }

  /**
   * Envoy 1.35 to 1.37 send the end of a large body twice where it is streamed in full duplex. The
   * second one has no bytes and wants no reply.
   */
  private boolean isSecondEnd(Inbound in) {
    if (in instanceof Inbound.RequestHeaders headers) {
      fullDuplex = headers.modes().request() == BodyMode.FULL_DUPLEX_STREAMED;
    }
    if (!fullDuplex || !(in instanceof Inbound.RequestBody body) || !body.end()) {
      return false;
    }
    boolean second = requestEnded && body.bytes().isEmpty();
    requestEnded = true;
    return second;
  }

  /** The phase's name, for tests and error messages. */
  String phaseName() {
    return phase.getClass().getSimpleName();
  }
}
