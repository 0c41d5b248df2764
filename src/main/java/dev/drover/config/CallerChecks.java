package dev.drover.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.types.Suggestion;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks keys and workloads: names once each, secrets once each, teams and models that exist. */
final class CallerChecks {
  private final JsonNode root;
  private final Problems problems;
  private final Map<String, String> ids = new HashMap<>();
  private final Map<String, String> hashes = new HashMap<>();

  CallerChecks(JsonNode root, Problems problems) {
    this.root = root;
    this.problems = problems;
  }

  void check() {
    for (String section : List.of("keys", "workloads")) {
      JsonNode callers = root.path(section);
      for (int i = 0; i < callers.size() && callers.isArray(); i++) {
        String path = section + "[" + i + "]";
        caller(path, callers.get(i));
        limits(path, callers.get(i));
      }
    }
    for (String section : List.of("teams", "models", "targets")) {
      for (Map.Entry<String, JsonNode> entry : root.path(section).properties()) {
        limits(section + "." + entry.getKey(), entry.getValue());
      }
    }
  }

  private void limits(String path, JsonNode owner) {
    JsonNode limits = owner.path("limits");
    if (limits.hasNonNull("burst") && !limits.hasNonNull("requests_per_minute")) {
      problems.add(path + ".limits.burst", "given", "requests_per_minute with it");
    }
  }

  private void caller(String path, JsonNode caller) {
    once(ids, path + ".id", caller.path("id"));
    once(hashes, path + ".sha256", caller.path("sha256"));
    once(hashes, path + ".next_sha256", caller.path("next_sha256"));
    refer(path + ".team", caller.path("team"), "teams");
    JsonNode models = caller.path("models");
    for (int i = 0; i < models.size() && models.isArray(); i++) {
      refer(path + ".models[" + i + "]", models.get(i), "models");
    }
    JsonNode expires = caller.path("expires");
    try {
      if (expires.isTextual()) {
        OffsetDateTime.parse(expires.textValue());
      }
    } catch (DateTimeException _) {
      problems.addText(
          path + ".expires", expires.textValue(), "a time such as 2027-01-31T00:00:00Z");
    }
  }

  private void once(Map<String, String> seen, String path, JsonNode value) {
    if (!value.isTextual()) {
      return;
    }
    String other = seen.putIfAbsent(value.textValue(), path);
    if (other != null) {
      problems.addText(path, value.textValue(), "one that is not taken; " + other + " has it");
    }
  }

  private void refer(String path, JsonNode name, String section) {
    if (!name.isTextual() || root.path(section).has(name.textValue())) {
      return;
    }
    List<String> known = new ArrayList<>();
    root.path(section).fieldNames().forEachRemaining(known::add);
    problems.addText(
        path, name.textValue(), "a key of " + section + Suggestion.hint(name.textValue(), known));
  }
}
