package dev.drover.migrate;

import dev.drover.json.ForeignYaml;
import dev.drover.json.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Turns a LiteLLM proxy config into a Drover config: deployments into targets, model groups into
 * models, fallbacks into targets of weight 0. What has no counterpart is noted, never dropped in
 * silence. Confined to one file.
 */
public final class LiteLlmConfig {
  private static final String HEADING =
      """
      # Made of a LiteLLM config by `drover import litellm`.
      # What could not be taken over as it stood:
      """;

  private final Notes notes = new Notes();
  private final List<Object> given;
  private final LiteLlmSettings settings;
  private final Values values;
  private final LiteLlmDeployments deployments;

  private LiteLlmConfig(Map<String, Object> root) {
    this.given = Trees.list(root.get("model_list"));
    this.settings = new LiteLlmSettings(root, notes);
    this.values = new Values(settings.variables(), notes);
    this.deployments = new LiteLlmDeployments(settings, values, notes);
  }

  /**
   * Reads a proxy config.
   *
   * @throws java.io.UncheckedIOException when it is no YAML mapping, or has no deployments
   */
  public static Migrated read(String yaml) {
    return new LiteLlmConfig(ForeignYaml.read(yaml)).migrated();
  }

  private Migrated migrated() {
    if (given.isEmpty()) {
      throw new UncheckedIOException(
          new IOException("model_list: nothing to take over (expected: deployments)"));
    }
    int at = 0;
    for (Object each : given) {
      deployments.add("model_list[" + at++ + "]", Trees.map(each));
    }
    String yaml = deployments.targets().isEmpty() ? "" : Yaml.write(config());
    settings.noteUnknown();
    if (deployments.targets().size() < given.size()) {
      notes.add(
          "model_list: %d of %d deployments are taken over%s"
              .formatted(
                  deployments.targets().size(),
                  given.size(),
                  yaml.isEmpty() ? ", so there is no config to write" : ""));
    }
    return new Migrated(
        yaml.isEmpty() ? "" : comments(notes.all()) + yaml, notes.all(), notes.modelsLost());
  }

  private Map<String, Object> config() {
    LiteLlmModels groups = new LiteLlmModels(settings, deployments, values, notes);
    Map<String, Object> models = groups.all();
    new LiteLlmTimeouts(settings, deployments.timeouts(), values, notes)
        .put(deployments.targets(), models);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("version", 1);
    Map<String, Object> health = new LiteLlmHealth(settings, values, notes).section();
    if (!health.isEmpty()) {
      config.put("health", health);
    }
    config.put("providers", deployments.providers());
    config.put("targets", deployments.targets());
    config.put("models", models);
    new LiteLlmBudget(settings, values, notes).put(config);
    new LiteLlmShared(settings, values, notes).put(config);
    return config;
  }

  private static String comments(List<String> notes) {
    return notes.isEmpty()
        ? ""
        : notes.stream()
            .map(note -> "# - " + note + "\n")
            .collect(Collectors.joining("", HEADING, ""));
  }
}
