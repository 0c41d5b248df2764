package dev.drover.routing;

import dev.drover.types.NanoDollars;
import org.jspecify.annotations.Nullable;

/**
 * The wishes of a client for the choice of a target. A wish that the client does not have is null.
 *
 * @param session the session's name; requests of one session choose alike
 * @param maxCost the highest expected cost; targets expected to cost more are left out
 * @param strategy the strategy to use in place of the model's
 * @param prefer the target to try first, if it is fit
 * @param task the task class of the request
 * @param explain true when the response shall explain the choice
 */
public record RoutingHints(
    @Nullable String session,
    @Nullable NanoDollars maxCost,
    @Nullable String strategy,
    @Nullable String prefer,
    @Nullable String task,
    boolean explain) {
  /** No wishes. */
  public static final RoutingHints NONE = new RoutingHints(null, null, null, null, null, false);

  /** Returns these hints with the wish for an explanation. */
  public RoutingHints explained() {
    return new RoutingHints(session, maxCost, strategy, prefer, task, true);
  }
}
