package dev.drover.config;

import dev.drover.config.bind.Problem;
import dev.drover.config.schema.GatewayConfig;
import java.util.List;
import java.util.stream.Collectors;

/** The result of loading a config file. */
public sealed interface Loaded {
  /** The file is sound. */
  record Sound(GatewayConfig config) implements Loaded {}

  /** The file is not; nothing of it may be used. */
  record Broken(List<Problem> problems) implements Loaded {
    public Broken {
      problems = List.copyOf(problems);
    }

    /** Returns all problems as text, one per line. */
    public String report() {
      return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
    }
  }
}
