package dev.drover.record;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks. Immutable.
 *
 * @param id the key's or workload's name, or an empty string for whoever needs none
 * @param team its team's name, or an empty string
 * @param project what it is used for, or an empty string
 * @param models the only models it may ask for, or null for all
 * @param configured whether its team stands in the config; metrics name no other
 */
public record Caller(
    String id, String team, String project, @Nullable Set<String> models, boolean configured) {
  /** A caller of the config. */
  public Caller(String id, String team, String project, @Nullable Set<String> models) {
    this(id, team, project, models, true);
  }

  /** Nobody in particular. */
  public static final Caller ANONYMOUS = new Caller("", "", "", null);

  /** Whether it may ask for a model, by the model's own name. */
  public boolean mayUse(String model) {
    return models == null || models.contains(model);
  }
}
