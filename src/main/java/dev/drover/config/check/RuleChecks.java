package dev.drover.config.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.drover.config.bind.Problems;
import dev.drover.config.schema.PolicyLanguage;
import dev.drover.types.Suggestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks policies, task classes, rollouts and shadows: what they refer to and what they say. */
final class RuleChecks {
  private final JsonNode root;
  private final Problems problems;
  private final Refers refers;

  RuleChecks(JsonNode root, Problems problems) {
    this.root = root;
    this.problems = problems;
    this.refers = new Refers(root, problems);
  }

  void check() {
    policies();
    traces();
    for (Map.Entry<String, JsonNode> task : root.path("tasks").path("classes").properties()) {
      patterns("tasks.classes." + task.getKey() + ".patterns", task.getValue().path("patterns"));
    }
    for (Map.Entry<String, JsonNode> model : root.path("models").properties()) {
      String path = "models." + model.getKey();
      rollout(path + ".rollout", model.getValue());
      if (model.getValue().hasNonNull("shadow")
          && root.path("envoy").path("filters").asText().equals("one")) {
        problems.add(path + ".shadow", "given", "envoy.filters: two with it");
      }
      refers.check(
          path + ".shadow.target", model.getValue().path("shadow").path("target"), "targets");
    }
  }

  private void policies() {
    JsonNode policies = root.path("policies");
    Map<String, String> names = new HashMap<>();
    String always = null;
    for (int i = 0; i < policies.size() && policies.isArray(); i++) {
      JsonNode policy = policies.get(i);
      String path = "policies[" + i + "]";
      String name = policy.path("name").asText();
      if (always != null) {
        problems.addText(
            path,
            name,
            "a place before " + always + ", which always holds; here it is never asked");
      }
      String other = names.putIfAbsent(name, path);
      if (other != null) {
        problems.addText(path + ".name", name, "a name that is not taken; " + other + " has it");
      }
      Boolean constant = condition(path + ".when", policy.path("when"));
      for (String key : List.of("allow_models", "deny_models")) {
        refers.checkAll(path + "." + key, policy.path(key), "models");
      }
      for (String key : List.of("allow_targets", "deny_targets")) {
        refers.checkAll(path + "." + key, policy.path(key), "targets");
      }
      if (Boolean.FALSE.equals(constant)) {
        problems.add(path + ".when", "always false", "a condition that can hold");
      }
      boolean holds = !policy.hasNonNull("when") || Boolean.TRUE.equals(constant);
      always = always == null && holds ? path : always;
    }
  }

  /**
   * Returns the constant value of a condition, or null when the value depends on the request.
   * Returns null too when there is no condition or it is invalid, and reports an invalid one.
   */
  private @Nullable Boolean condition(String path, JsonNode when) {
    if (!when.isTextual() || when.textValue().isBlank()) {
      return null;
    }
    try {
      return PolicyLanguage.constant(PolicyLanguage.compile(when.textValue()));
    } catch (IllegalArgumentException e) {
      problems.addText(
          path, when.textValue(), "a CEL expression that is true or false; " + e.getMessage());
      return null;
    }
  }

  private void traces() {
    JsonNode traces = root.path("traces");
    for (Map.Entry<String, JsonNode> rule : traces.path("redact").properties()) {
      pattern("traces.redact." + rule.getKey(), rule.getValue());
    }
    JsonNode policies = root.path("policies");
    for (int i = 0; i < policies.size() && policies.isArray(); i++) {
      if (policies.get(i).path("trace_content").asBoolean() && !traces.hasNonNull("endpoint")) {
        problems.add("policies[" + i + "].trace_content", "true", "traces.endpoint with it");
      }
    }
  }

  private void patterns(String path, JsonNode patterns) {
    for (int i = 0; i < patterns.size() && patterns.isArray(); i++) {
      pattern(path + "[" + i + "]", patterns.get(i));
    }
  }

  private void pattern(String path, JsonNode pattern) {
    if (!pattern.isTextual()) {
      return;
    }
    try {
      Pattern.compile(pattern.textValue());
    } catch (PatternSyntaxException e) {
      problems.addText(
          path, pattern.textValue(), "a regular expression in RE2 syntax; " + e.getDescription());
    }
  }

  private void rollout(String path, JsonNode model) {
    JsonNode target = model.path("rollout").path("target");
    List<String> own = new ArrayList<>();
    model.path("targets").forEach(each -> own.add(each.asText()));
    if (target.isTextual() && !own.contains(target.textValue())) {
      problems.addText(
          path + ".target",
          target.textValue(),
          "a target of this model" + Suggestion.hint(target.textValue(), own));
    }
    if (target.isTextual() && own.size() == 1) {
      problems.addText(path + ".target", target.textValue(), "a model with another target besides");
    }
    JsonNode stages = model.path("rollout").path("stages");
    if (stages.isArray() && stages.isEmpty()) {
      problems.add(path + ".stages", "empty", "at least one stage");
    }
    if (stages.isArray() && !stages.isEmpty() && stages.get(stages.size() - 1).asInt() != 100) {
      problems.add(
          path + ".stages", "end at " + stages.get(stages.size() - 1).asText(), "100 last");
    }
    for (int i = 1; i < stages.size() && stages.isArray(); i++) {
      if (stages.get(i).asInt() <= stages.get(i - 1).asInt()) {
        problems.add(
            path + ".stages[" + i + "]",
            stages.get(i).asText(),
            "more than the stage before, " + stages.get(i - 1).asText());
      }
    }
  }
}
