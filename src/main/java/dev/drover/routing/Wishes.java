package dev.drover.routing;

import dev.drover.types.NanoDollars;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of the choice, beyond its request.
 *
 * @param key the session if the request has one, else its id: equal keys choose alike
 * @param maxCost targets expected to cost more are left out; null: no cap
 * @param strategy in place of the model's; null: the model's
 * @param prefer the target to try first, if it is fit; null: none
 */
public record Wishes(
    String key, @Nullable NanoDollars maxCost, @Nullable String strategy, @Nullable String prefer) {
  /** No wishes. */
  public static Wishes none(String key) {
    return new Wishes(key, null, null, null);
  }
}
