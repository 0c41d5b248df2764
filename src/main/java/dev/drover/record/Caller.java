package dev.drover.record;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The caller of a request. Kind and id together tell callers apart: the subject of a token may well
 * be the name of a key. Immutable.
 *
 * @param kind the source of the caller's identity
 * @param id the caller's name there; empty when the caller is anonymous
 * @param team the name of the caller's team, or an empty string
 * @param project the project that the caller works for, or an empty string
 * @param models the only models that the caller may request, or null when all are allowed
 * @param configured true when the team is in the config; metrics name no other team
 */
public record Caller(
    Kind kind,
    String id,
    String team,
    String project,
    @Nullable Set<String> models,
    boolean configured) {
  /** The sources of an identity. */
  public enum Kind {
    ANONYMOUS,
    /** A key of the config. */
    KEY,
    /** A workload of the config, known by its SPIFFE id. */
    WORKLOAD,
    /** A token that Envoy has verified. */
    TOKEN,
    /** A header of a trusted hop. */
    HEADER;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** Returns the name in lower case, as policies and logs have it. */
    public String label() {
      return label;
    }
  }

  /** A key of the config, or nobody where the id is empty. */
  public Caller(String id, String team, String project, @Nullable Set<String> models) {
    this(id.isEmpty() ? Kind.ANONYMOUS : Kind.KEY, id, team, project, models, true);
  }

  /** The anonymous caller, who has no id, team or project and may request all models. */
  public static final Caller ANONYMOUS = new Caller("", "", "", null);

  /**
   * Returns the caller's identity in one text: the id of a key or workload, whose names are unique
   * and have no colon; {@code token:ID} and {@code header:ID} for others.
   */
  public String identity() {
    return kind == Kind.TOKEN || kind == Kind.HEADER ? kind.label() + ":" + id : id;
  }

  /** Returns who shares what is kept for the caller: all of its team, or the caller alone. */
  public String owner() {
    return team.isEmpty() ? "key " + identity() : "team " + team;
  }

  /** Returns whether the config names the caller, who can have limits and budgets there. */
  public boolean named() {
    return kind == Kind.KEY || kind == Kind.WORKLOAD;
  }

  /** Returns whether the caller may request a model, given by its own name and not by an alias. */
  public boolean mayUse(String model) {
    return models == null || models.contains(model);
  }
}
