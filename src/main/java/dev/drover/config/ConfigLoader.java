package dev.drover.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.config.bind.Binder;
import dev.drover.config.bind.Problem;
import dev.drover.config.bind.Problems;
import dev.drover.config.check.References;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.json.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads a config file into records, or tells all that is wrong with it. */
public final class ConfigLoader {
  private static final long MAX_FILE_BYTES = 16L << 20;

  private ConfigLoader() {}

  /** Loads a file; an unreadable file is a problem like any other. */
  public static Loaded load(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        return broken(
            new Problem(
                "", file + ": " + Files.size(file) + " bytes", "at most " + MAX_FILE_BYTES));
      }
      return parse(Files.readString(file));
    } catch (IOException e) {
      return broken(new Problem("", file + ": " + reason(file), "a readable YAML file in UTF-8"));
    }
  }

  /** Loads config text. */
  public static Loaded parse(String text) {
    JsonNode tree;
    try {
      tree = Yaml.read(text);
    } catch (JsonProcessingException e) {
      return broken(
          new Problem("", "not YAML that can be used" + Yaml.problem(e), "a YAML mapping"));
    }
    Problems problems = new Problems();
    Defaults.fill(tree, problems);
    GatewayConfig config = new Binder(problems).bind(tree, GatewayConfig.class);
    new References(tree, problems).check();
    if (config == null || !problems.none()) {
      return new Loaded.Broken(problems.all());
    }
    return new Loaded.Sound(config);
  }

  private static String reason(Path file) {
    if (Files.isDirectory(file)) {
      return "a directory";
    }
    return Files.exists(file) ? "cannot be read" : "no such file";
  }

  private static Loaded broken(Problem problem) {
    return new Loaded.Broken(List.of(problem));
  }
}
