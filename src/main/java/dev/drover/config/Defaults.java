package dev.drover.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.config.bind.Problems;
import dev.drover.config.schema.AlertRuleConfig;
import dev.drover.json.Yaml;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fills in what a config takes from elsewhere in it, the built-in task classes and alerts, the
 * kinds of providers, or the price list.
 */
final class Defaults {
  private static final ObjectNode CLASSES =
      (ObjectNode) Yaml.parse(Yaml.resource(Defaults.class, "tasks.yaml"));

  private Defaults() {}

  static void fill(JsonNode root, Problems problems) {
    if (!(root instanceof ObjectNode config)) {
      return;
    }
    for (JsonNode target : config.path("targets")) {
      if (target.path("health") instanceof ObjectNode own) {
        inherit(own, config.path("health"));
      }
    }
    ProviderKinds.fill(config.path("providers"), problems);
    PriceList.of(config, problems).fill(config.path("targets"), config.path("providers"), problems);
    classes(config);
    alerts(config);
  }

  /** Every rule that is built in is there. */
  private static void alerts(ObjectNode config) {
    ObjectNode alerts = child(config, "alerts");
    ObjectNode rules = alerts == null ? null : child(alerts, "rules");
    for (String rule : AlertRuleConfig.NAMES.split("\\|", -1)) {
      if (rules != null && !rules.has(rule)) {
        rules.putObject(rule);
      }
    }
  }

  private static void inherit(ObjectNode own, JsonNode general) {
    for (Map.Entry<String, JsonNode> entry : general.properties()) {
      if (!own.has(entry.getKey())) {
        own.set(entry.getKey(), entry.getValue());
      }
    }
  }

  /** The built-in classes first, with what the config says of each in place of what is built in. */
  private static void classes(ObjectNode config) {
    ObjectNode tasks = child(config, "tasks");
    ObjectNode given = tasks == null ? null : child(tasks, "classes");
    if (tasks == null || given == null) {
      return; // no mapping: reported where it is bound
    }
    ObjectNode all = CLASSES.deepCopy();
    for (Map.Entry<String, JsonNode> entry : given.properties()) {
      if (entry.getValue() instanceof ObjectNode own && all.has(entry.getKey())) {
        inherit(own, all.path(entry.getKey()));
      }
      all.set(entry.getKey(), entry.getValue());
    }
    tasks.set("classes", all);
  }

  private static @Nullable ObjectNode child(ObjectNode parent, String name) {
    JsonNode found = parent.path(name);
    if (found.isMissingNode() || found.isNull()) {
      return parent.putObject(name);
    }
    return found instanceof ObjectNode object ? object : null;
  }
}
