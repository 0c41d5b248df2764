package dev.drover.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.config.bind.Binder;
import dev.drover.config.bind.Problem;
import dev.drover.config.bind.Problems;
import dev.drover.config.check.References;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.json.Yaml;
import dev.drover.types.FileContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a config file into records, or tells all that is wrong with it. */
public final class ConfigLoader {
  private ConfigLoader() {}

  /** Loads a file; an unreadable file is a problem like any other. */
  public static Loaded load(Path file) {
    try {
      return parse(FileContent.text(file, FileContent.MOST_OF_CONFIG));
    } catch (IOException _) {
      return broken(new Problem("", file + ": " + reason(file), expected(file)));
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
    Problem foreign = foreign(tree);
    if (foreign != null) {
      return broken(foreign);
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

  /** Returns what is wrong with a file that belongs to another program; null for one of Drover. */
  private static @Nullable Problem foreign(JsonNode tree) {
    if (tree.has("model_list") && !tree.has("providers")) {
      return new Problem(
          "", "a config of LiteLLM", "one of Drover; `drover import litellm FILE` makes one of it");
    }
    if (tree.has("apiVersion") && tree.has("kind")) {
      String kind = tree.path("kind").asText();
      return new Problem(
          "",
          "a Kubernetes resource of kind " + (kind.matches("[A-Za-z]{1,60}") ? kind : "unknown"),
          kind.equals("ConfigMap")
              ? "the text below one of its `data` keys, as a file of its own"
              : "a config of Drover");
    }
    if (tree.has("static_resources") || tree.has("dynamic_resources")) {
      return new Problem(
          "", "a bootstrap of Envoy", "a config of Drover; `drover render envoy` makes the other");
    }
    return null;
  }

  private static String reason(Path file) {
    if (Files.isDirectory(file)) {
      return "a directory";
    }
    if (!Files.exists(file)) {
      return "no such file";
    }
    return !Files.isRegularFile(file)
        ? "a pipe or device"
        : tooLarge(file) ? "over " + FileContent.MOST_OF_CONFIG + " bytes" : "cannot be read";
  }

  private static String expected(Path file) {
    return tooLarge(file)
        ? "at most " + FileContent.MOST_OF_CONFIG
        : "a readable YAML file in UTF-8";
  }

  private static boolean tooLarge(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) > FileContent.MOST_OF_CONFIG;
    } catch (IOException _) {
      return false;
    }
  }

  private static Loaded broken(Problem problem) {
    return new Loaded.Broken(List.of(problem));
  }
}
