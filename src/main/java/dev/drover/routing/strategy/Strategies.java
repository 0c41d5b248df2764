package dev.drover.routing.strategy;

import dev.drover.routing.Strategy;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The closed registry of strategies. */
public final class Strategies {
  private static final List<Strategy> ALL =
      List.of(
          new Priority(),
          new Weighted(),
          new CostOptimal(),
          new LatencyOptimal(),
          new Balanced(),
          new LeastBusy());

  private static final Map<String, Strategy> BY_NAME =
      ALL.stream().collect(Collectors.toUnmodifiableMap(Strategy::name, Function.identity()));

  private Strategies() {}

  public static List<Strategy> all() {
    return ALL;
  }

  /** The names, for messages. */
  public static List<String> names() {
    return ALL.stream().map(Strategy::name).toList();
  }

  /** The strategy with this config name, which the config has been checked for. */
  public static Strategy named(String name) {
    Strategy found = BY_NAME.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "strategy: " + name + " (expected: one of " + names() + ")");
    }
    return found;
  }
}
