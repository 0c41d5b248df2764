package dev.drover.exchange.account;

import dev.drover.routing.RoutingHints;
import dev.drover.routing.strategy.Strategies;
import dev.drover.types.NanoDollars;
import dev.drover.types.Suggestion;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client's wishes, as its headers have them. Immutable. */
public record RoutingHintHeaders(
    @Nullable String session,
    @Nullable String maxCost,
    @Nullable String strategy,
    @Nullable String prefer,
    @Nullable String task,
    @Nullable String explain,
    @Nullable String cache) {
  private static final List<String> CACHE_WISHES = List.of("on", "bypass", "refresh");
  private static final BigDecimal MOST_USD = BigDecimal.valueOf(1_000_000);

  /**
   * Takes them from headers.
   *
   * @param headers the first value of a header by its lower-case name, or null
   * @param session the conversation as headers of the client's API name it, or null
   */
  public static RoutingHintHeaders of(
      Function<String, @Nullable String> headers, @Nullable String session) {
    String own = headers.apply("x-drover-session");
    return new RoutingHintHeaders(
        own == null ? session : own,
        headers.apply("x-drover-max-cost-usd"),
        headers.apply("x-drover-strategy"),
        headers.apply("x-drover-prefer"),
        headers.apply("x-drover-task"),
        headers.apply("x-drover-explain"),
        headers.apply("x-drover-cache"));
  }

  /**
   * Returns the first problem of the headers as a sentence; null when there is none.
   *
   * @param tasks the task classes there are
   */
  public @Nullable String problem(List<String> tasks) {
    if (maxCost != null && cost() == null) {
      return "x-drover-max-cost-usd: not a number of dollars (expected: a decimal from 0 to 1000000)";
    }
    if (strategy != null && !Strategies.names().contains(strategy)) {
      return "x-drover-strategy: unknown (expected: one of "
          + String.join(", ", Strategies.names())
          + Suggestion.hint(strategy, Strategies.names())
          + ")";
    }
    if (task != null && !tasks.contains(task)) {
      return "x-drover-task: unknown (expected: one of "
          + String.join(", ", tasks)
          + Suggestion.hint(task, tasks)
          + ")";
    }
    if (cache != null && !CACHE_WISHES.contains(cache)) {
      return "x-drover-cache: unknown (expected: one of " + String.join(", ", CACHE_WISHES) + ")";
    }
    return null;
  }

  /** The wishes of a request whose headers have no problem. */
  public RoutingHints hints() {
    return new RoutingHints(session, cost(), strategy, prefer, task, "1".equals(explain));
  }

  private @Nullable NanoDollars cost() {
    if (maxCost == null || maxCost.length() > 30) {
      return null;
    }
    try {
      BigDecimal usd = new BigDecimal(maxCost.strip());
      boolean inRange = usd.signum() >= 0 && usd.compareTo(MOST_USD) <= 0;
      return inRange ? NanoDollars.ofUsd(usd) : null;
    } catch (NumberFormatException _) {
      return null;
    }
  }
}
