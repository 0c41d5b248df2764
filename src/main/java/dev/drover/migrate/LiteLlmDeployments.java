package dev.drover.migrate;

import static dev.drover.migrate.Trees.map;
import static dev.drover.migrate.Trees.text;
import static dev.drover.migrate.Trees.unknown;

import dev.drover.config.schema.Names;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The deployments of a LiteLLM proxy config, as providers and targets. Confined to one file. */
final class LiteLlmDeployments {
  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
  private static final String ENV = "os.environ/";

  /** The timeout of a target that does not set one. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  /** A name has 63 characters at the most; here are some left for a number. */
  private static final int LONGEST = 56;

  /** Providers that speak OpenAI's dialect, by LiteLLM's prefix. */
  private static final Map<String, String> BASE_URLS =
      Map.ofEntries(
          Map.entry("openai", "https://api.openai.com/v1"),
          Map.entry("text-completion-openai", "https://api.openai.com/v1"),
          Map.entry("deepseek", "https://api.deepseek.com/v1"),
          Map.entry("mistral", "https://api.mistral.ai/v1"),
          Map.entry("groq", "https://api.groq.com/openai/v1"),
          Map.entry("together_ai", "https://api.together.xyz/v1"),
          Map.entry("fireworks_ai", "https://api.fireworks.ai/inference/v1"),
          Map.entry("openrouter", "https://openrouter.ai/api/v1"),
          Map.entry("xai", "https://api.x.ai/v1"),
          Map.entry("moonshot", "https://api.moonshot.ai/v1"),
          Map.entry("gemini", "https://generativelanguage.googleapis.com/v1beta/openai"));

  private static final Set<String> SELF_HOSTED =
      Set.of("hosted_vllm", "custom_openai", "openai_like", "lm_studio");

  private static final Set<String> PARAMS =
      Set.of(
          "model",
          "api_base",
          "api_key",
          "rpm",
          "tpm",
          "timeout",
          "weight",
          "max_parallel_requests",
          "input_cost_per_token",
          "output_cost_per_token",
          "cache_read_input_token_cost");

  private final List<String> notes;
  private final Map<String, Object> providers = new LinkedHashMap<>();
  private final Map<String, String> providerNames = new LinkedHashMap<>();
  private final Map<String, Object> targets = new LinkedHashMap<>();
  private final Map<String, List<String>> groups = new LinkedHashMap<>();
  private final Map<String, Integer> weights = new LinkedHashMap<>();
  private final Map<String, Duration> times = new HashMap<>();

  /**
   * @param notes takes what has no counterpart
   */
  LiteLlmDeployments(List<String> notes) {
    this.notes = notes;
  }

  /** As they stand in Drover's config. */
  Map<String, Object> providers() {
    return providers;
  }

  /** As they stand in Drover's config. */
  Map<String, Object> targets() {
    return targets;
  }

  /** The names of targets by the model that clients ask for. */
  Map<String, List<String>> groups() {
    return groups;
  }

  /** Shares of targets that have one of their own. */
  Map<String, Integer> weights() {
    return weights;
  }

  /**
   * Leaves room for a second attempt: there the time is that of each call, here that of all
   * attempts together.
   */
  void shorten(String target, Duration whole) {
    Map<String, Object> at = map(targets.get(target));
    Duration own = times.getOrDefault(target, DEFAULT_TIMEOUT);
    if (own.compareTo(whole) >= 0) {
      Duration half = whole.dividedBy(2);
      notes.add(
          "targets.%s.timeout: %s of %s for all attempts together"
              .formatted(target, shown(half), shown(whole)));
      times.put(target, half);
      at.put("timeout", shown(half));
    }
  }

  private static String shown(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  /** Takes a deployment up. */
  void add(String path, Map<String, Object> deployment) {
    String group = text(deployment.get("model_name"));
    Map<String, Object> params = map(deployment.get("litellm_params"));
    String model = text(params.get("model"));
    int slash = model.indexOf('/');
    String prefix = slash < 0 ? "openai" : model.substring(0, slash);
    String name = slash < 0 ? model : model.substring(slash + 1);
    String base = text(params.get("api_base"));
    boolean compatible =
        BASE_URLS.containsKey(prefix) || (!base.isEmpty() && SELF_HOSTED.contains(prefix));
    String inTheWay =
        name.isEmpty()
            ? "no litellm_params.model"
            : name.contains("*")
                ? "Drover has no wildcard models"
                : !group.matches(Names.MODEL)
                    ? "model_name: expected: text that matches " + Names.MODEL
                    : compatible ? "" : "not known to speak OpenAI's dialect, as Drover does";
    if (!inTheWay.isEmpty()) {
      notes.add("%s (%s, %s): left out: %s".formatted(path, group, model, inTheWay));
      return;
    }
    if (base.startsWith(ENV)) {
      notes.add(path + ".api_base: " + base + ": write the address into providers");
      base = "";
    } else if (base.contains("@")) { // may be a password
      notes.add(path + ".api_base: an address with a user in it: write one without into providers");
      base = "";
    }
    String provider =
        provider(
            path,
            prefix,
            base.isEmpty() ? BASE_URLS.getOrDefault(prefix, "https://example.com/v1") : base,
            params);
    Map<String, Object> target = new LinkedHashMap<>();
    target.put("provider", provider);
    target.put("model", name);
    price(path, params, map(deployment.get("model_info")), target);
    String id = unique(targets.keySet(), clean(name));
    BigDecimal timeout = positive(path, "timeout", params.get("timeout"));
    if (timeout != null) {
      times.put(id, Duration.ofMillis(Math.max(1, timeout.movePointRight(3).longValue())));
      target.put("timeout", shown(times.get(id)));
    }
    limits(path, params, target);
    targets.put(id, target);
    groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(id);
    BigDecimal weight = positive(path, "weight", params.get("weight"));
    if (weight != null) {
      weights.put(id, Math.max(1, weight.intValue()));
    }
    unknown(path + ".litellm_params", params, PARAMS, notes);
  }

  private String provider(String path, String prefix, String base, Map<String, Object> params) {
    String key = text(params.get("api_key"));
    return providerNames.computeIfAbsent(
        base + " " + key,
        _ -> {
          Map<String, Object> provider = new LinkedHashMap<>();
          provider.put("base_url", base);
          if (key.startsWith(ENV)) {
            provider.put("credentials", List.of(Map.of("env", key.substring(ENV.length()))));
          } else if (!key.isEmpty()) {
            notes.add(
                path
                    + ".api_key: a secret in the file: put it where `credentials` can find it, by env or file");
          }
          String name = unique(providers.keySet(), clean(prefix));
          providers.put(name, provider);
          return name;
        });
  }

  private void price(
      String path,
      Map<String, Object> params,
      Map<String, Object> info,
      Map<String, Object> target) {
    Map<String, Object> price = new LinkedHashMap<>();
    rate(path, price, "input", "input_cost_per_token", params, info);
    rate(path, price, "output", "output_cost_per_token", params, info);
    rate(path, price, "cached_input", "cache_read_input_token_cost", params, info);
    if (price.containsKey("input")) {
      price.putIfAbsent("output", 0);
      target.put("price", price);
    } else {
      notes.add(
          path + ": no price: taken from the price list, if that has it (`drover import prices`)");
    }
  }

  private void rate(
      String path,
      Map<String, Object> price,
      String name,
      String field,
      Map<String, Object> params,
      Map<String, Object> info) {
    BigDecimal rate =
        number(path, field, params.containsKey(field) ? params.get(field) : info.get(field));
    if (rate != null) {
      price.put(name, rate.multiply(MILLION).stripTrailingZeros());
    }
  }

  private void limits(String path, Map<String, Object> params, Map<String, Object> target) {
    Map<String, Object> limits = new LinkedHashMap<>();
    limit(path, params, "rpm", limits, "requests_per_minute");
    limit(path, params, "tpm", limits, "tokens_per_minute");
    limit(path, params, "max_parallel_requests", limits, "in_flight");
    if (!limits.isEmpty()) {
      target.put("limits", limits);
    }
  }

  private void limit(
      String path, Map<String, Object> from, String name, Map<String, Object> to, String as) {
    BigDecimal bound = positive(path, name, from.get(name));
    if (bound != null) {
      to.put(as, Math.max(1, bound.intValue()));
    }
  }

  private @Nullable BigDecimal positive(String path, String name, @Nullable Object value) {
    BigDecimal number = number(path, name, value);
    if (number != null && number.signum() <= 0) {
      notes.add("%s.%s: %s: left out (expected: more than 0)".formatted(path, name, value));
      return null;
    }
    return number;
  }

  private @Nullable BigDecimal number(String path, String name, @Nullable Object value) {
    try {
      return value == null ? null : new BigDecimal(value.toString());
    } catch (NumberFormatException _) {
      notes.add("%s.%s: %s: left out (expected: a number)".formatted(path, name, value));
      return null;
    }
  }

  private static String clean(String name) {
    String clean =
        name.toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._-]+", "-")
            .replaceAll("^[^a-z0-9]+", "");
    return clean.isEmpty() ? "x" : clean.substring(0, Math.min(clean.length(), LONGEST));
  }

  private static String unique(Set<String> taken, String name) {
    String unique = name;
    for (int i = 2; taken.contains(unique); i++) {
      unique = name + "-" + i;
    }
    return unique;
  }
}
