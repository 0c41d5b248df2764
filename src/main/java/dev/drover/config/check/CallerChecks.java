package dev.drover.config.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.config.bind.Problems;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks keys and workloads: names once each, secrets once each, teams and models that exist. */
final class CallerChecks {
  private final JsonNode root;
  private final Problems problems;
  private final Refers refers;
  private final Map<String, String> ids = new HashMap<>();
  private final Map<String, String> hashes = new HashMap<>();
  private final Map<String, String> spiffeIds = new HashMap<>();

  CallerChecks(JsonNode root, Problems problems) {
    this.root = root;
    this.problems = problems;
    this.refers = new Refers(root, problems);
  }

  void check() {
    openToAnybody();
    for (String section : List.of("keys", "workloads")) {
      JsonNode callers = root.path(section);
      for (int i = 0; i < callers.size() && callers.isArray(); i++) {
        String path = section + "[" + i + "]";
        caller(path, callers.get(i));
        limits(path, callers.get(i));
      }
    }
    for (String section : List.of("teams", "projects", "tags", "models", "targets")) {
      for (Map.Entry<String, JsonNode> entry : root.path(section).properties()) {
        limits(section + "." + entry.getKey(), entry.getValue());
      }
    }
  }

  /** Keys of providers must not be lent to whoever finds the port. */
  private void openToAnybody() {
    String listen = root.path("envoy").path("listen").asText("");
    boolean said =
        !root.path("keys").isEmpty()
            || !root.path("workloads").isEmpty()
            || root.path("identity").hasNonNull("jwt")
            || root.path("identity").hasNonNull("headers")
            || root.hasNonNull("anonymous");
    if (!said && !listen.isEmpty() && !Addresses.local(listen) && !problems.at("envoy.listen")) {
      problems.addText(
          "envoy.listen",
          listen,
          "keys, workloads or identity, so that not anybody may call; `anonymous: true` to let anybody; or a loopback address");
    }
  }

  private void budgets(String path, JsonNode budgets) {
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < budgets.size() && budgets.isArray(); i++) {
      JsonNode budget = budgets.get(i);
      String at = path + "[" + i + "]";
      boolean usd = budget.hasNonNull("limit_usd");
      if (usd == budget.hasNonNull("limit_tokens") && budget.isObject()) {
        problems.add(
            at, usd ? "both limits" : "no limit", "exactly one of limit_usd, limit_tokens");
      }
      String zone = budget.path("time_zone").asText("UTC");
      try {
        ZoneId.of(zone);
      } catch (DateTimeException _) {
        problems.addText(at + ".time_zone", zone, "a time zone such as Asia/Ho_Chi_Minh");
      }
      String name = usd + " " + budget.path("per").asText("day") + " " + zone;
      String other = names.putIfAbsent(name, at);
      if (other != null) {
        problems.add(at, "the same unit, time and zone as " + other, "one budget for them");
      }
      refers.checkAll(at + ".degrade_to", budget.path("degrade_to"), "targets");
      JsonNode increases = budget.path("increases");
      for (int k = 0; k < increases.size() && increases.isArray(); k++) {
        time(at + ".increases[" + k + "].until", increases.get(k).path("until"));
      }
    }
  }

  private void time(String path, JsonNode time) {
    try {
      if (time.isTextual()) {
        OffsetDateTime.parse(time.textValue());
      }
    } catch (DateTimeException _) {
      problems.addText(path, time.textValue(), "a time such as 2027-01-31T00:00:00Z");
    }
  }

  private void limits(String path, JsonNode owner) {
    budgets(path + ".budgets", owner.path("budgets"));
    JsonNode limits = owner.path("limits");
    if (limits.hasNonNull("burst") && !limits.hasNonNull("requests_per_minute")) {
      problems.add(path + ".limits.burst", "given", "requests_per_minute with it");
    }
  }

  private void caller(String path, JsonNode caller) {
    once(ids, path + ".id", caller.path("id"));
    once(spiffeIds, path + ".spiffe_id", caller.path("spiffe_id"));
    once(hashes, path + ".sha256", caller.path("sha256"));
    once(hashes, path + ".next_sha256", caller.path("next_sha256"));
    refers.check(path + ".team", caller.path("team"), "teams");
    refers.checkAll(path + ".models", caller.path("models"), "models");
    time(path + ".expires", caller.path("expires"));
  }

  private void once(Map<String, String> seen, String path, JsonNode value) {
    if (!value.isTextual()) {
      return;
    }
    String other = seen.putIfAbsent(value.textValue(), path);
    if (other != null) {
      String shown = path.endsWith("sha256") ? "(not shown)" : value.textValue();
      problems.addText(path, shown, "one that is not taken; " + other + " has it");
    }
  }
}
