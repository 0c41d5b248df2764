package dev.drover.catalog;

import dev.drover.dialect.ClientApi;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model that clients ask for. Immutable.
 *
 * @param name as in config
 * @param targets in order of preference, at least one
 * @param strategy name of the strategy
 * @param weights share of each target for weighted choice; 1 where a target is missing
 * @param timeoutMillis how long all attempts together may take
 * @param hedgeMillis after which time a silent attempt is joined by another; 0: never
 * @param affinity whether conversations stay where they are cached
 * @param shadow who gets copies of its requests, or null
 * @param cache how its answers are kept, or null: they are not
 * @param strict whether a request goes to no target that would leave out one of its fields
 * @param plans the plan clusters of this model
 */
public record Model(
    String name,
    List<Target> targets,
    String strategy,
    Map<String, Integer> weights,
    long timeoutMillis,
    long hedgeMillis,
    boolean affinity,
    @Nullable Shadow shadow,
    @Nullable Caching cache,
    boolean strict,
    PlanClusters plans) {
  public Model {
    targets = List.copyOf(targets);
    weights = Map.copyOf(weights);
  }

  /** Returns whether all targets, the shadow among them, speak the API of a client. */
  public boolean speaks(ClientApi client) {
    for (int i = 0; i < targets.size(); i++) {
      if (!targets.get(i).provider().speaks(client)) {
        return false;
      }
    }
    return shadow == null || shadow.target().provider().speaks(client);
  }
}
