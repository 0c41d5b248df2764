package dev.drover.config.schema;

/**
 * The patterns of names in the config. Names become cluster names, metric labels and header values.
 */
public final class Names {
  /** Providers and targets. */
  public static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

  /** Models and aliases: as clients write them, so with the slashes and colons of model hubs. */
  public static final String MODEL = "[A-Za-z0-9][A-Za-z0-9._:/@-]{0,126}";

  /** Aliases of models: names, or beginnings of names with an asterisk. */
  public static final String ALIAS = "[A-Za-z0-9][A-Za-z0-9._:/@-]{0,126}\\*?";

  private Names() {}
}
