package dev.drover.routing;

import dev.drover.types.NanoDollars;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of the choice, beyond its request. Null where it asks for nothing.
 *
 * @param session requests of one session choose alike
 * @param maxCost targets expected to cost more are left out
 * @param strategy in place of the model's
 * @param prefer the target to try first, if it is fit
 * @param task the class of its task
 * @param explain whether the answer shall say why it was chosen so
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

  /** The same, with an explanation. */
  public RoutingHints explained() {
    return new RoutingHints(session, maxCost, strategy, prefer, task, true);
  }
}
