package dev.drover.dialect;

import dev.drover.dialect.openai.OpenAiDialect;
import java.util.List;
import java.util.Optional;

/** The closed registry of dialects. */
public final class Dialects {
  private static final List<Dialect> ALL = List.of(new OpenAiDialect());

  private Dialects() {}

  public static List<Dialect> all() {
    return ALL;
  }

  /** The dialect with this config name. */
  public static Optional<Dialect> named(String name) {
    return ALL.stream().filter(dialect -> dialect.name().equals(name)).findFirst();
  }
}
