package dev.drover.cli;

import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.schema.GatewayConfig;
import java.nio.file.Path;
import java.util.Optional;

/** Loads the config that a command was given. */
public final class Configs {
  private Configs() {}

  /** The config; empty after all its problems have been printed. */
  public static Optional<GatewayConfig> load(Path file) {
    return switch (ConfigLoader.load(file)) {
      case Loaded.Sound(GatewayConfig config) -> Optional.of(config);
      case Loaded.Broken broken -> {
        Findings findings = new Findings(file);
        broken.problems().forEach(findings::problem);
        findings.print(Findings.Format.text, "");
        yield Optional.empty();
      }
    };
  }
}
