package dev.drover.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The model groups of a LiteLLM proxy config, as models. Confined to one file. */
final class LiteLlmModels {
  private static final String WEIGHTED = "weighted";

  private static final Map<String, String> STRATEGIES =
      Map.of(
          "simple-shuffle", WEIGHTED,
          "least-busy", "least-busy",
          "latency-based-routing", "latency-optimal",
          "cost-based-routing", "cost-optimal",
          "usage-based-routing", "least-busy",
          "usage-based-routing-v2", "least-busy");

  private final LiteLlmDeployments deployments;
  private final LiteLlmAliases aliases;
  private final LiteLlmFallbacks fallbacks;
  private final LiteLlmAttempts attempts;
  private final LiteLlmCache cache;
  private final String strategy;
  private final Notes notes;

  LiteLlmModels(
      LiteLlmSettings settings, LiteLlmDeployments deployments, Values values, Notes notes) {
    Set<String> groups = deployments.groups().keySet();
    this.deployments = deployments;
    this.notes = notes;
    this.aliases = new LiteLlmAliases(settings, groups, notes);
    this.fallbacks = new LiteLlmFallbacks(settings, groups, aliases, notes);
    this.attempts = new LiteLlmAttempts(settings, values, notes);
    this.cache = new LiteLlmCache(settings, values, notes);
    this.strategy = strategy(settings);
  }

  private String strategy(LiteLlmSettings settings) {
    LiteLlmSettings.@Nullable Setting given = settings.router("routing_strategy");
    String asked = given == null ? "simple-shuffle" : Trees.text(given.value());
    String found = STRATEGIES.get(asked);
    String path = "router_settings.routing_strategy: " + Notes.shown(asked);
    if (found == null) {
      notes.add(path + ": no counterpart, weighted instead");
    } else if (asked.startsWith("usage-based")) {
      notes.add(path + ": least-busy comes nearest");
    }
    return found == null ? WEIGHTED : found;
  }

  /** Returns the models as they stand in Drover's config, without timeouts. */
  Map<String, Object> all() {
    Map<String, Object> kept = cache.section();
    Map<String, Object> models = new LinkedHashMap<>();
    deployments
        .groups()
        .forEach(
            (group, own) -> {
              Map<String, Object> model = model(group, own);
              if (kept != null) {
                model.put("cache", kept);
              }
              models.put(group, model);
            });
    return models;
  }

  private Map<String, Object> model(String group, List<String> own) {
    List<String> others = new ArrayList<>();
    for (String other : fallbacks.of(group)) {
      List<String> targets = deployments.groups().getOrDefault(other, List.of());
      others.addAll(targets);
      if (targets.size() > 1) {
        notes.add(
            "models.%s: the %d targets of its fallback %s are tried in order, not by weight"
                .formatted(group, targets.size(), other));
      }
    }
    List<String> all = attempts.order(own, others);
    String used = strategy(group, own.size(), others.size());
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("targets", all);
    model.put("strategy", used);
    if (used.equals(WEIGHTED)) {
      weights(group, own, others, model);
    }
    Integer most = attempts.most(group, own.size(), others.size());
    if (most != null) {
      model.put("max_attempts", most);
    }
    if (!aliases.of(group).isEmpty()) {
      model.put("aliases", aliases.of(group));
    }
    if (group.equals(LiteLlmAliases.CATCH_ALL)) {
      notes.add("models.default: in Drover this is the model for every name that nobody knows");
    }
    return model;
  }

  private String strategy(String group, int own, int others) {
    if (own == 1) {
      return "priority";
    }
    if (others > 0 && !strategy.equals(WEIGHTED)) {
      notes.add(
          "models.%s: strategy %s would choose among its fallbacks too, weighted instead"
              .formatted(group, strategy));
      return WEIGHTED;
    }
    return strategy;
  }

  private void weights(
      String group, List<String> own, List<String> others, Map<String, Object> model) {
    Map<String, Object> weights = new LinkedHashMap<>();
    Map<String, Integer> shares = deployments.weights().of(group, own);
    if (shares != null) {
      weights.putAll(shares);
    }
    others.forEach(other -> weights.put(other, 0));
    if (!weights.isEmpty()) {
      model.put("weights", weights);
    }
  }
}
