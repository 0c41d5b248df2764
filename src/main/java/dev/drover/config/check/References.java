package dev.drover.config.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.config.bind.Problems;
import dev.drover.config.bind.Scalars;
import dev.drover.config.schema.HealthConfig;
import dev.drover.config.schema.KeySpec;
import dev.drover.config.schema.ModelConfig;
import dev.drover.config.schema.TargetConfig;
import dev.drover.types.Suggestion;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks what holds between keys: names that must exist, names that must be unique, values that
 * exclude each other. Works on the tree, so that it reports beside the mistakes of single values
 * and not only after they are mended.
 */
public final class References {
  private final JsonNode root;
  private final Problems problems;
  private final Refers refers;

  public References(JsonNode root, Problems problems) {
    this.root = root;
    this.problems = problems;
    this.refers = new Refers(root, problems);
  }

  public void check() {
    nonEmpty("providers");
    nonEmpty("targets");
    nonEmpty("models");
    CredentialChecks credentials = new CredentialChecks(problems);
    root.path("providers")
        .properties()
        .forEach(e -> credentials.check("providers." + e.getKey(), e.getValue()));
    root.path("targets").properties().forEach(e -> target("targets." + e.getKey(), e.getValue()));
    root.path("models").properties().forEach(e -> model("models." + e.getKey(), e.getValue()));
    aliases();
    refers.check("envoy.pass_through", root.path("envoy").path("pass_through"), "targets");
    health("health", root.path("health"));
    for (Map.Entry<String, JsonNode> target : root.path("targets").properties()) {
      health("targets." + target.getKey() + ".health", target.getValue().path("health"));
    }
    tls();
    credentials.place("server.admin_token", root.path("server").path("admin_token"));
    new RuleChecks(root, problems).check();
    new CallerChecks(root, problems).check();
    credentials.place("ledger.password", root.path("ledger").path("password"));
    credentials.place("redis.password", root.path("redis").path("password"));
    new LedgerChecks(root, problems).check();
    for (Map.Entry<String, JsonNode> hook : root.path("alerts").path("webhooks").properties()) {
      String path = "alerts.webhooks." + hook.getKey();
      credentials.place(path + ".url_from", hook.getValue().path("url_from"));
      credentials.place(path + ".secret", hook.getValue().path("secret"));
    }
    new AlertChecks(root, problems).check();
    new Addresses(root, problems).check();
  }

  private void tls() {
    boolean server = root.path("server").hasNonNull("tls");
    boolean envoy = root.path("envoy").hasNonNull("ext_proc_tls");
    if (server != envoy) {
      problems.add(
          envoy ? "server.tls" : "envoy.ext_proc_tls",
          "missing",
          "both of server.tls and envoy.ext_proc_tls, or neither");
    }
    if (server && root.path("server").path("listen").asText().startsWith("unix:")) {
      problems.add("server.tls", "given", "no TLS on a Unix socket");
    }
  }

  /**
   * Envoy drops a per-try timeout that is not below the whole: a silent first target would use it
   * all up.
   */
  private void timeouts(String path, JsonNode model) {
    String whole = model.path("timeout").asText(KeySpec.fallback(ModelConfig.class, "timeout"));
    JsonNode targets = model.path("targets");
    for (int i = 0; i < items(targets) && targets.size() > 1; i++) {
      String one =
          root.path("targets")
              .path(targets.get(i).asText())
              .path("timeout")
              .asText(KeySpec.fallback(TargetConfig.class, "timeout"));
      var wholeTime = Scalars.duration(whole);
      var oneTime = Scalars.duration(one);
      if (wholeTime.isPresent()
          && oneTime.isPresent()
          && wholeTime.get().compareTo(oneTime.get()) <= 0) {
        problems.add(
            path + ".timeout",
            whole,
            "more than the timeout of target " + targets.get(i).asText() + ", " + one);
      }
    }
  }

  /** The length of a list; 0 for anything else, which has been reported elsewhere. */
  private static int items(JsonNode list) {
    return list.isArray() ? list.size() : 0;
  }

  private void nonEmpty(String key) {
    if (root.path(key).isObject() && root.path(key).isEmpty()) {
      problems.add(key, "empty", "at least one entry");
    }
  }

  private void target(String path, JsonNode target) {
    refers.check(path + ".provider", target.path("provider"), "providers");
    JsonNode currency = target.path("price").path("currency");
    if (currency.isTextual() && !currency.textValue().equals("USD")) {
      refers.check(path + ".price.currency", currency, "currencies");
    }
    int last = 0;
    JsonNode tiers = target.path("price").path("tiers");
    for (int i = 0; i < items(tiers); i++) {
      int above = tiers.get(i).path("above_input_tokens").asInt();
      if (i > 0 && above <= last) {
        problems.add(
            path + ".price.tiers[" + i + "].above_input_tokens",
            String.valueOf(above),
            "more than the tier before, " + last);
      }
      last = above;
    }
  }

  private void model(String path, JsonNode model) {
    JsonNode targets = model.path("targets");
    if (targets.isArray() && targets.isEmpty()) {
      problems.add(path + ".targets", "empty", "at least one target");
    }
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < items(targets); i++) {
      refers.check(path + ".targets[" + i + "]", targets.get(i), "targets");
      if (targets.get(i).isTextual() && !seen.add(targets.get(i).textValue())) {
        problems.addText(
            path + ".targets[" + i + "]", targets.get(i).textValue(), "each target once");
      }
    }
    weights(path, model, seen);
    hedge(path, model);
    timeouts(path, model);
  }

  /** Envoy passes over a per-try timeout that is not below the whole. */
  private void hedge(String path, JsonNode model) {
    String after = model.path("hedge_after").asText();
    String whole = model.path("timeout").asText(KeySpec.fallback(ModelConfig.class, "timeout"));
    var afterTime = Scalars.duration(after);
    var wholeTime = Scalars.duration(whole);
    if (afterTime.isPresent()
        && wholeTime.isPresent()
        && afterTime.get().compareTo(wholeTime.get()) >= 0) {
      problems.add(path + ".hedge_after", after, "less than the model's timeout, " + whole);
    }
    if (afterTime.isPresent() && root.path("envoy").path("filters").asText().equals("one")) {
      problems.add(path + ".hedge_after", after, "envoy.filters: two with it");
    }
  }

  private void weights(String path, JsonNode model, Set<String> targets) {
    JsonNode weights = model.path("weights");
    for (Map.Entry<String, JsonNode> weight : weights.properties()) {
      if (!targets.contains(weight.getKey())) {
        problems.addText(
            path + ".weights",
            weight.getKey(),
            "a target of this model" + Suggestion.hint(weight.getKey(), targets));
      }
    }
    boolean weighted = model.path("strategy").asText().equals("weighted");
    if (!weights.isMissingNode() && !weighted) {
      problems.add(path + ".weights", "given", "strategy weighted with it");
    }
    boolean allZero = targets.stream().allMatch(target -> weights.path(target).asInt(1) == 0);
    if (weighted && !targets.isEmpty() && allZero) {
      problems.add(path + ".weights", "0 for every target", "at least one above 0");
    }
  }

  private void aliases() {
    Map<String, String> owners = new HashMap<>();
    root.path("models").properties().forEach(e -> owners.put(e.getKey(), "models." + e.getKey()));
    for (Map.Entry<String, JsonNode> model : root.path("models").properties()) {
      JsonNode aliases = model.getValue().path("aliases");
      for (int i = 0; i < items(aliases); i++) {
        String path = "models." + model.getKey() + ".aliases[" + i + "]";
        String other = owners.putIfAbsent(aliases.get(i).asText(), path);
        if (other != null) {
          problems.addText(
              path, aliases.get(i).asText(), "a name that is not taken; " + other + " has it");
        }
      }
    }
  }

  private void health(String path, JsonNode health) {
    String first = healthKey(health, "open_for");
    String most = healthKey(health, "open_at_most");
    var firstTime = Scalars.duration(first);
    var mostTime = Scalars.duration(most);
    if (firstTime.isPresent()
        && mostTime.isPresent()
        && mostTime.get().compareTo(firstTime.get()) < 0) {
      problems.add(path + ".open_at_most", most, "at least " + path + ".open_for, " + first);
    }
  }

  private static String healthKey(JsonNode health, String key) {
    return health.path(key).asText(KeySpec.fallback(HealthConfig.class, key));
  }
}
