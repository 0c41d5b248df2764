package dev.drover.migrate;

import static dev.drover.migrate.Trees.list;
import static dev.drover.migrate.Trees.map;
import static dev.drover.migrate.Trees.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a proxy config that hold for all deployments. Those of the router go before the
 * general ones. Confined to one file.
 */
final class LiteLlmSettings {
  private static final Set<String> SECTIONS =
      Set.of(
          "model_list",
          "router_settings",
          "litellm_settings",
          "general_settings",
          "credential_list",
          "environment_variables",
          "include");

  private static final Set<String> ROUTER =
      Set.of(
          "routing_strategy",
          "model_group_alias",
          "num_retries",
          "fallbacks",
          "default_fallbacks",
          "allowed_fails",
          "cooldown_time",
          "timeout",
          "default_litellm_params");

  private static final Set<String> GENERAL =
      Set.of(
          "api_base",
          "fallbacks",
          "default_fallbacks",
          "num_retries",
          "request_timeout",
          "allowed_fails",
          "max_budget",
          "budget_duration",
          "cache",
          "cache_params");

  /**
   * A setting.
   *
   * @param path the place where it stands
   */
  record Setting(String path, Object value) {}

  private final Map<String, Object> root;
  private final Map<String, Object> router;
  private final Map<String, Object> general;
  private final Map<String, Object> operating;
  private final Map<String, Map<String, Object>> credentials = new HashMap<>();
  private final Notes notes;

  LiteLlmSettings(Map<String, Object> root, Notes notes) {
    this.root = root;
    this.notes = notes;
    this.router = section("router_settings");
    this.general = section("litellm_settings");
    this.operating = section("general_settings");
    for (Object each : list(root.get("credential_list"))) {
      credentials.put(
          text(map(each).get("credential_name")), map(map(each).get("credential_values")));
    }
  }

  private Map<String, Object> section(String name) {
    Object section = root.get(name);
    if (section != null && !(section instanceof Map<?, ?>)) {
      notes.leftOut(name, section, "a mapping");
    }
    return map(section);
  }

  /** Notes what of the file has no counterpart. */
  void noteUnknown() {
    root.keySet().stream()
        .filter(key -> !SECTIONS.contains(key))
        .forEach(key -> notes.add(Notes.shown(key) + ": no counterpart"));
    if (root.get("include") != null) {
      notes.modelLost("include: other files are not read (expected: their text in this one)");
    }
    if (!variables().isEmpty()) {
      notes.add("environment_variables: not taken over: set them where Drover is started");
    }
    Set<String> known = new HashSet<>(ROUTER);
    known.addAll(LiteLlmShared.REDIS);
    notes.unknown("router_settings", router, known);
    notes.unknown("litellm_settings", general, GENERAL);
    for (String key : operating.keySet()) {
      if (key.equals("alerting")) {
        continue;
      }
      notes.add(
          key.equals("master_key")
              ? "general_settings.master_key: make keys with `drover key new`; until then all callers are served"
              : "general_settings.%s: no counterpart".formatted(Notes.shown(key)));
    }
  }

  /** Returns the general settings. */
  Map<String, Object> general() {
    return general;
  }

  /** Returns the environment as far as the file sets it. */
  Map<String, Object> variables() {
    return map(root.get("environment_variables"));
  }

  boolean hasCredential(String name) {
    return credentials.containsKey(name);
  }

  /** Returns the parameters of a deployment with those that it takes from elsewhere in the file. */
  Map<String, Object> params(Map<String, Object> own) {
    Map<String, Object> params = new LinkedHashMap<>(own);
    params.values().removeIf(Objects::isNull);
    Object base = params.get("base_url");
    if (base != null) { // another name for the same
      params.put("api_base", base);
    }
    String credential = text(params.get("litellm_credential_name"));
    credentials.getOrDefault(credential, Map.of()).forEach(params::putIfAbsent);
    map(router.get("default_litellm_params")).forEach(params::putIfAbsent);
    return params;
  }

  /** Returns a setting of the router, or null. */
  @Nullable Setting router(String name) {
    return setting("router_settings", router, name);
  }

  /** Returns a general setting, or null. */
  @Nullable Setting general(String name) {
    return setting("litellm_settings", general, name);
  }

  /** Returns a setting of the proxy's operation, or null. */
  @Nullable Setting operating(String name) {
    return setting("general_settings", operating, name);
  }

  /** Returns a setting of the router, else a general one, or null. */
  @Nullable Setting first(String routerName, String generalName) {
    Setting first = router(routerName);
    Setting second = general(generalName);
    if (first != null && second != null && !first.value().equals(second.value())) {
      notes.add("%s: not used: %s goes first".formatted(second.path(), first.path()));
    }
    return first == null ? second : first;
  }

  private static @Nullable Setting setting(String section, Map<String, Object> given, String name) {
    Object value = given.get(name);
    return value == null ? null : new Setting(section + "." + name, value);
  }
}
