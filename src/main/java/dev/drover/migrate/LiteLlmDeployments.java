package dev.drover.migrate;

import static dev.drover.migrate.Trees.map;
import static dev.drover.migrate.Trees.text;

import dev.drover.config.schema.LimitsConfig;
import dev.drover.config.schema.Names;
import dev.drover.config.schema.TargetConfig;
import dev.drover.migrate.LiteLlmAddresses.Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The deployments of a LiteLLM proxy config, as providers and targets. Confined to one file. */
final class LiteLlmDeployments {
  private static final Bounds TIMEOUT = Bounds.of(TargetConfig.class, "timeout");

  private static final Set<String> PARAMS =
      Set.of(
          "model",
          "custom_llm_provider",
          "litellm_credential_name",
          "api_base",
          "base_url",
          "api_key",
          "rpm",
          "tpm",
          "timeout",
          "weight",
          "max_parallel_requests");

  private static final Set<String> AZURE = Set.of("api_version");

  private static final Set<String> INFO = Set.of("id", "mode", "base_model");

  /** Settings of a deployment that is not asked, or not where it says. */
  private static final List<String> ELSEWHERE =
      List.of("mock_response", "use_litellm_proxy", "use_xai_oauth");

  private final Notes notes;
  private final Values values;
  private final LiteLlmSettings settings;
  private final LiteLlmAddresses addresses;
  private final LiteLlmRates rates;
  private final LiteLlmWeights weights;
  private final ProviderEntries providers;
  private final CloudForms clouds;
  private final Map<String, Object> targets = new LinkedHashMap<>();
  private final Map<String, List<String>> groups = new LinkedHashMap<>();
  private final Map<String, Duration> timeouts = new LinkedHashMap<>();

  /**
   * @param notes takes what has no counterpart
   */
  LiteLlmDeployments(LiteLlmSettings settings, Values values, Notes notes) {
    this.settings = settings;
    this.values = values;
    this.notes = notes;
    this.addresses = new LiteLlmAddresses(settings.general(), settings.variables(), values, notes);
    this.rates = new LiteLlmRates(values, notes);
    this.weights = new LiteLlmWeights(values, notes);
    this.providers = new ProviderEntries(values, notes);
    this.clouds = new CloudForms(values, notes);
  }

  /** As they stand in Drover's config. */
  Map<String, Object> providers() {
    return providers.all();
  }

  /** As they stand in Drover's config. */
  Map<String, Object> targets() {
    return targets;
  }

  /** The names of targets by the model that clients ask for. */
  Map<String, List<String>> groups() {
    return groups;
  }

  /** The shares of targets within their group. */
  LiteLlmWeights weights() {
    return weights;
  }

  /** The timeouts of targets that have one of their own. */
  Map<String, Duration> timeouts() {
    return timeouts;
  }

  /** Takes a deployment up, or notes why it is left out. */
  void add(String path, Map<String, Object> deployment) {
    String group = text(deployment.get("model_name"));
    Map<String, Object> params = settings.params(map(deployment.get("litellm_params")));
    Map<String, Object> info = map(deployment.get("model_info"));
    ModelName model =
        ModelName.of(text(params.get("model")), text(params.get("custom_llm_provider")));
    String inTheWay = inTheWay(group, params, info, model);
    CloudForms.Form cloud = inTheWay.isEmpty() ? clouds.of(path, model, params) : null;
    Address address =
        cloud != null
            ? new Address("", cloud.problem(), true)
            : inTheWay.isEmpty()
                ? addresses.of(path, params, model.provider())
                : Address.none(inTheWay);
    if (address.problem().isEmpty()) {
      String provider =
          cloud == null
              ? providers.name(path, model.provider(), address, params)
              : providers.name(model.provider(), cloud.provider());
      String name = cloud == null ? model.name() : cloud.model();
      String id = take(path, name, provider, providers.kind(provider), params, info);
      groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(id);
      Set<String> own =
          cloud != null
              ? cloud.known()
              : model.provider().equals(LiteLlmProviders.AZURE) ? AZURE : Set.of();
      unknown(path, deployment, params, info, own);
    } else {
      notes.modelLost(
          "%s (%s, %s): left out: %s"
              .formatted(
                  path,
                  Notes.shown(group),
                  Notes.shown(text(params.get("model"))),
                  address.problem()));
    }
  }

  private String take(
      String path,
      String model,
      String provider,
      String kind,
      Map<String, Object> params,
      Map<String, Object> info) {
    Map<String, Object> target = new LinkedHashMap<>();
    target.put("provider", provider);
    target.put("model", model);
    rates.add(path, params, info, target, kind);
    limits(path, params, target);
    String id = unique(targets.keySet(), clean(model));
    targets.put(id, target);
    weights.add(path, id, params);
    Duration timeout = values.seconds(path + ".timeout", params.get("timeout"), TIMEOUT);
    if (timeout != null) {
      timeouts.put(id, timeout);
    }
    return id;
  }

  /** Returns why a deployment cannot be taken over, or the empty text. */
  private String inTheWay(
      String group, Map<String, Object> params, Map<String, Object> info, ModelName model) {
    if (model.name().isEmpty()) {
      return "no litellm_params.model";
    }
    if (model.name().contains("*")) {
      return "Drover has no wildcard models";
    }
    if (!group.matches(Names.MODEL)) {
      return "model_name: expected: text that matches " + Names.MODEL;
    }
    if (!model.name().matches("[!-~]+")) {
      return "litellm_params.model: expected: printable ASCII without blanks";
    }
    String elsewhere = elsewhere(params);
    return elsewhere.isEmpty() ? unsuitable(info, model) : elsewhere;
  }

  private String elsewhere(Map<String, Object> params) {
    for (String key : ELSEWHERE) {
      Object value = params.get(key);
      if (value != null && !value.equals(false)) {
        return key + ": no counterpart";
      }
    }
    String credential = text(params.get("litellm_credential_name"));
    return credential.isEmpty() || settings.hasCredential(credential)
        ? ""
        : "litellm_credential_name: not in credential_list, and may have the address";
  }

  private static String unsuitable(Map<String, Object> info, ModelName model) {
    if (model.provider().isEmpty()) {
      return "whose model it is cannot be told (expected: a provider before it, such as openai/%s)"
          .formatted(Notes.shown(model.name()));
    }
    if (!LiteLlmProviders.compatible(model.provider()) && !CloudForms.has(model.provider())) {
      return Notes.shown(model.provider()) + ": not known to speak an API that Drover does";
    }
    String mode = LiteLlmModes.of(info.get("mode"), model);
    return mode.equals(LiteLlmModes.CHAT)
        ? ""
        : "mode %s (expected: chat)".formatted(Notes.shown(mode));
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
    @Nullable Integer bound =
        values.whole(path + "." + name, from.get(name), Bounds.of(LimitsConfig.class, as));
    if (bound != null) {
      to.put(as, bound);
    }
  }

  private void unknown(
      String path,
      Map<String, Object> deployment,
      Map<String, Object> params,
      Map<String, Object> info,
      Set<String> own) {
    notes.unknown(path, deployment, Set.of("model_name", "litellm_params", "model_info"));
    notes.unknown(path + ".litellm_params", params, with(with(PARAMS, own), LiteLlmRates.keys()));
    notes.unknown(path + ".model_info", info, with(INFO, LiteLlmRates.keys()));
  }

  private static Set<String> with(Set<String> some, Set<String> more) {
    Set<String> all = new HashSet<>(some);
    all.addAll(more);
    return all;
  }

  /** Returns a name that has been taken by nobody, made of one that may have been. */
  static String unique(Set<String> taken, String name) {
    String unique = name;
    for (int i = 2; taken.contains(unique); i++) {
      unique = name + "-" + i;
    }
    return unique;
  }

  /** Returns a name for a target or provider that resembles a text, with room for a number. */
  static String clean(String name) {
    int longest = 56; // of 63
    String clean =
        name.toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._-]+", "-")
            .replaceAll("^[^a-z0-9]+", "");
    return clean.isEmpty() ? "x" : clean.substring(0, Math.min(clean.length(), longest));
  }
}
