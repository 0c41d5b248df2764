package dev.drover.routing.strategy;

import dev.drover.routing.Strategy;
import java.util.List;

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
    return ALL.stream().filter(strategy -> strategy.name().equals(name)).findFirst().orElseThrow();
  }
}
