package dev.drover.record;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The caller of a request. Immutable.
 *
 * @param id the name of the key or workload; empty when the caller is anonymous
 * @param team the name of the caller's team, or an empty string
 * @param project the project that the caller works for, or an empty string
 * @param models the only models that the caller may request, or null when all are allowed
 * @param configured true when the team is in the config; metrics name no other team
 */
public record Caller(
    String id, String team, String project, @Nullable Set<String> models, boolean configured) {
  /** A caller of the config. */
  public Caller(String id, String team, String project, @Nullable Set<String> models) {
    this(id, team, project, models, true);
  }

  /** The anonymous caller, who has no id, team or project and may request all models. */
  public static final Caller ANONYMOUS = new Caller("", "", "", null);

  /** Returns whether the caller may request a model, given by its own name and not by an alias. */
  public boolean mayUse(String model) {
    return models == null || models.contains(model);
  }
}
