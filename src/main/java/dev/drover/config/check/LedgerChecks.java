package dev.drover.config.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.config.bind.Problems;
import java.util.List;
import java.util.Map;

/**
 * Checks the stores: what the ledger needs, that it remembers as long as budgets do, and that no
 * secret stands in an address.
 */
final class LedgerChecks {
  private static final Map<String, Integer> DAYS =
      Map.of(
          "day", 2,
          "week", 8,
          "month", 32,
          "year", 367,
          "rolling_day", 3,
          "rolling_week", 9,
          "rolling_month", 33);

  private final JsonNode root;
  private final Problems problems;

  LedgerChecks(JsonNode root, Problems problems) {
    this.root = root;
    this.problems = problems;
  }

  void check() {
    JsonNode ledger = root.path("ledger");
    String store = ledger.path("store").asText("sqlite");
    boolean postgresql = store.equals("postgresql");
    for (String key : List.of("url", "user", "password")) {
      if (ledger.hasNonNull(key) && !postgresql) {
        problems.add("ledger." + key, "given", "store: postgresql with it");
      }
    }
    if (postgresql && !ledger.hasNonNull("url")) {
      problems.add("ledger.url", "missing", "the database, for store: postgresql");
    }
    if (ledger.hasNonNull("path") && !store.equals("sqlite")) {
      problems.add("ledger.path", "given", "store: sqlite with it");
    }
    if (ledger.path("url").asText("").contains("password=")) {
      problems.add("ledger.url", "a password in it", "the password by ledger.password");
    }
    if (root.path("redis").path("url").asText("").contains("@")) {
      problems.add("redis.url", "a user or password in it", "them by redis.user, redis.password");
    }
    if (ledger.path("url").asText("").contains("reWriteBatchedInserts=true")) {
      problems.add("ledger.url", "reWriteBatchedInserts", "no such option: it hides what was new");
    }
    int days = ledger.path("retention_days").asInt(Integer.MAX_VALUE);
    for (String section : List.of("keys", "workloads", "teams", "projects", "tags", "models")) {
      for (JsonNode owner : root.path(section)) {
        for (JsonNode budget : owner.path("budgets")) {
          int needed = DAYS.getOrDefault(budget.path("per").asText("day"), 0);
          if (days < needed) {
            problems.add(
                "ledger.retention_days",
                Integer.toString(days),
                "at least %d: %s have a budget per %s"
                    .formatted(needed, section, budget.path("per").asText("day")));
          }
        }
      }
    }
  }
}
