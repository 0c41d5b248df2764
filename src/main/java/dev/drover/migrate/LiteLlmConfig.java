package dev.drover.migrate;

import static dev.drover.migrate.Trees.list;
import static dev.drover.migrate.Trees.map;
import static dev.drover.migrate.Trees.text;
import static dev.drover.migrate.Trees.texts;
import static dev.drover.migrate.Trees.unknown;

import dev.drover.json.ForeignYaml;
import dev.drover.json.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a LiteLLM proxy config into a Drover config: deployments into targets, model groups into
 * models, fallbacks into targets of weight 0. What has no counterpart is noted, never dropped in
 * silence. Confined to one file.
 */
public final class LiteLlmConfig {
  private static final Map<String, String> STRATEGIES =
      Map.of(
          "simple-shuffle", "weighted",
          "least-busy", "least-busy",
          "latency-based-routing", "latency-optimal",
          "cost-based-routing", "cost-optimal",
          "usage-based-routing", "least-busy",
          "usage-based-routing-v2", "least-busy");

  private static final Map<String, String> PERIODS =
      Map.of("1d", "day", "24h", "day", "7d", "week", "1mo", "month", "30d", "month", "1y", "year");

  private static final Set<String> ROUTER =
      Set.of(
          "routing_strategy",
          "model_group_alias",
          "num_retries",
          "fallbacks",
          "default_fallbacks",
          "allowed_fails",
          "cooldown_time",
          "timeout");

  private static final Set<String> SETTINGS =
      Set.of(
          "fallbacks",
          "default_fallbacks",
          "num_retries",
          "request_timeout",
          "allowed_fails",
          "max_budget",
          "budget_duration",
          "cache",
          "cache_params");

  private final Map<String, Object> root;
  private final List<String> notes = new ArrayList<>();
  private final LiteLlmDeployments deployments = new LiteLlmDeployments(notes);

  private LiteLlmConfig(Map<String, Object> root) {
    this.root = root;
  }

  /**
   * Reads a proxy config.
   *
   * @throws java.io.UncheckedIOException when it is no YAML mapping, or has no deployment that
   *     could be taken over
   */
  public static Migrated read(String yaml) {
    return new LiteLlmConfig(ForeignYaml.read(yaml)).migrated();
  }

  private Migrated migrated() {
    root.keySet().stream()
        .filter(
            key ->
                !Set.of("model_list", "router_settings", "litellm_settings", "general_settings")
                    .contains(key))
        .forEach(key -> notes.add(key + ": no counterpart"));
    int at = 0;
    for (Object each : list(root.get("model_list"))) {
      deployments.add("model_list[" + at++ + "]", map(each));
    }
    if (deployments.targets().isEmpty()) {
      String why = String.join("; ", notes);
      throw new UncheckedIOException(
          new IOException("model_list: nothing to take over (expected: deployments) " + why));
    }
    Map<String, Object> router = map(root.get("router_settings"));
    Map<String, Object> settings = map(root.get("litellm_settings"));
    unknown("router_settings", router, ROUTER, notes);
    unknown("litellm_settings", settings, SETTINGS, notes);
    map(root.get("general_settings"))
        .keySet()
        .forEach(
            key ->
                notes.add(
                    "general_settings."
                        + key
                        + (key.equals("master_key")
                            ? ": make keys with `drover key new`"
                            : ": no counterpart")));
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("version", 1);
    health(router, settings, config);
    config.put("providers", deployments.providers());
    Map<String, Object> models = models(router, settings);
    config.put("targets", deployments.targets());
    config.put("models", models);
    return new Migrated(Yaml.write(config), notes.stream().distinct().toList());
  }

  private void health(
      Map<String, Object> router, Map<String, Object> settings, Map<String, Object> config) {
    Map<String, Object> health = new LinkedHashMap<>();
    Object fails = router.getOrDefault("allowed_fails", settings.get("allowed_fails"));
    if (fails instanceof Number allowed) {
      health.put("failures_in_row", allowed.intValue() + 1);
    }
    if (router.get("cooldown_time") instanceof Number seconds) {
      health.put("open_for", seconds.longValue() + "s");
    }
    if (!health.isEmpty()) {
      config.put("health", health);
    }
  }

  private Map<String, Object> models(Map<String, Object> router, Map<String, Object> settings) {
    String asked = text(router.getOrDefault("routing_strategy", "simple-shuffle"));
    String strategy = STRATEGIES.get(asked);
    if (strategy == null) {
      notes.add(
          "router_settings.routing_strategy: " + asked + ": no counterpart, weighted instead");
      strategy = "weighted";
    } else if (asked.startsWith("usage-based")) {
      notes.add("router_settings.routing_strategy: " + asked + ": least-busy comes nearest");
    }
    Map<String, List<String>> fallbacks = new LinkedHashMap<>();
    for (Map<String, Object> section : List.of(settings, router)) {
      list(section.get("fallbacks"))
          .forEach(each -> map(each).forEach((group, to) -> fallbacks.put(group, texts(to))));
      List<String> general = texts(section.get("default_fallbacks"));
      deployments
          .groups()
          .keySet()
          .forEach(
              group -> {
                if (!general.isEmpty()) {
                  fallbacks.putIfAbsent(group, general);
                }
              });
    }
    Map<String, List<String>> aliases = aliases(router);
    Map<String, Object> models = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> group : deployments.groups().entrySet()) {
      models.put(
          group.getKey(), model(group.getKey(), strategy, fallbacks, aliases, router, settings));
    }
    return models;
  }

  private Map<String, Object> model(
      String group,
      String strategy,
      Map<String, List<String>> fallbacks,
      Map<String, List<String>> aliases,
      Map<String, Object> router,
      Map<String, Object> settings) {
    List<String> own = deployments.groups().getOrDefault(group, List.of());
    Set<String> all = new LinkedHashSet<>(own);
    for (String to : fallbacks.getOrDefault(group, List.of())) {
      if (!deployments.groups().containsKey(to)) {
        notes.add("fallbacks: " + group + " to " + to + ": no such model");
      }
      all.addAll(deployments.groups().getOrDefault(to, List.of()));
    }
    boolean falls = all.size() > own.size();
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("targets", List.copyOf(all));
    String used = strategy;
    if (falls && own.size() == 1) {
      used = "priority";
    } else if (falls && !strategy.equals("weighted")) {
      notes.add(
          "models.%s: strategy %s would choose among its fallbacks too, weighted instead"
              .formatted(group, strategy));
      used = "weighted";
    } else if (all.size() == 1) {
      used = "priority";
    }
    model.put("strategy", used);
    if (used.equals("weighted")) {
      Map<String, Object> shares = new LinkedHashMap<>();
      all.forEach(
          target -> {
            int share = own.contains(target) ? deployments.weights().getOrDefault(target, 1) : 0;
            if (share != 1) {
              shares.put(target, share);
            }
          });
      if (!shares.isEmpty()) {
        model.put("weights", shares);
      }
    }
    Object retries = router.getOrDefault("num_retries", settings.get("num_retries"));
    if (retries instanceof Number n) {
      model.put("max_attempts", Math.clamp(n.longValue() + 1, 1, 5));
    }
    Object timeout = router.getOrDefault("timeout", settings.get("request_timeout"));
    if (timeout instanceof Number seconds) {
      long whole = Math.clamp(seconds.longValue(), 1, 3_600);
      model.put("timeout", whole + "s");
      if (all.size() > 1) {
        all.forEach(target -> deployments.shorten(target, Duration.ofSeconds(whole)));
      }
    }
    if (aliases.containsKey(group)) {
      model.put("aliases", aliases.get(group));
    }
    if (Boolean.TRUE.equals(settings.get("cache"))) {
      Object ttl = map(settings.get("cache_params")).get("ttl");
      model.put("cache", Map.of("ttl", (ttl instanceof Number n ? n.longValue() : 3_600) + "s"));
    }
    if (settings.get("max_budget") instanceof Number most) {
      notes.add(
          "litellm_settings.max_budget: of all models together there; a budget of each model here");
      String period =
          PERIODS.getOrDefault(text(settings.getOrDefault("budget_duration", "30d")), "month");
      model.put("budgets", List.of(Map.of("limit_usd", most, "per", period)));
    }
    return model;
  }

  private Map<String, List<String>> aliases(Map<String, Object> router) {
    Map<String, List<String>> aliases = new LinkedHashMap<>();
    map(router.get("model_group_alias"))
        .forEach(
            (alias, to) -> {
              String group = to instanceof Map<?, ?> ? text(map(to).get("model")) : text(to);
              if (deployments.groups().containsKey(group)) {
                aliases.computeIfAbsent(group, _ -> new ArrayList<>()).add(alias);
              } else {
                notes.add("model_group_alias: " + alias + " for " + group + ": no such model");
              }
            });
    return aliases;
  }
}
