package dev.drover.admission;

import java.util.Locale;

/**
 * The owner of a limit or a budget.
 *
 * @param name the name in the config
 */
public record Owner(Kind kind, String name) {
  /** The kinds of owners that can have limits and budgets. */
  public enum Kind {
    /** A key or a workload. */
    KEY("key_id"),
    TEAM("team"),
    PROJECT("project"),
    /** A tag of policies, as {@code name=value}. */
    TAG("tags"),
    MODEL("model"),
    TARGET("target");

    private final String column;

    Kind(String column) {
      this.column = column;
    }

    /** Returns the name of the ledger's column for this kind. */
    public String column() {
      return column;
    }
  }

  static Owner key(String id) {
    return new Owner(Kind.KEY, id);
  }

  static Owner team(String name) {
    return new Owner(Kind.TEAM, name);
  }

  static Owner project(String name) {
    return new Owner(Kind.PROJECT, name);
  }

  static Owner tag(String nameAndValue) {
    return new Owner(Kind.TAG, nameAndValue);
  }

  static Owner model(String name) {
    return new Owner(Kind.MODEL, name);
  }

  static Owner target(String name) {
    return new Owner(Kind.TARGET, name);
  }

  /** For messages, such as {@code team search}. */
  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + " " + name;
  }
}
