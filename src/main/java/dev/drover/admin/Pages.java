package dev.drover.admin;

import dev.drover.config.ConfigDump;
import dev.drover.config.bind.Problem;
import dev.drover.json.Yaml;
import dev.drover.ledger.LedgerStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The pages that can be read. Thread-safe. */
final class Pages {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPENMETRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String EXCHANGES = "/exchanges/";

  private final AdminView view;

  Pages(AdminView view) {
    this.view = view;
  }

  /**
   * The page at a path.
   *
   * @param query without its question mark, or null
   * @param accept the header, or null
   */
  Page at(String path, @Nullable String query, @Nullable String accept) {
    return switch (path) {
      case "/health/live" -> Page.text(200, "live\n");
      case "/health/startup" -> Page.text(200, "started\n");
      case "/health/ready" ->
          view.ready().getAsBoolean() ? Page.text(200, "ready\n") : Page.text(503, "draining\n");
      case "/metrics" -> metrics(accept);
      case "/config" -> json(config());
      case "/targets" -> json(TargetsPage.of(view));
      case "/models" -> json(models());
      case "/budgets" -> json(BudgetsPage.of(view.state().controller()));
      case "/ledger" -> json(ledger(view.ledger().get()));
      case "/alerts" -> json(view.alerts().get());
      case "/rollouts" -> json(RolloutsPage.of(view.state().rollouts()));
      case "/xds" -> xds();
      case "/live" -> live(query);
      default -> path.startsWith(EXCHANGES) ? exchange(path) : unknown();
    };
  }

  private static Page unknown() {
    return Page.text(
        404,
        "expected: / for the console, or one of /health/live, /health/ready, /health/startup, /metrics, /config, /targets, /models, /rollouts, /budgets, /ledger, /alerts, /xds, /live, /exchanges/ID\n");
  }

  private Page xds() {
    Map<String, Object> page = view.xds().get();
    return page.isEmpty()
        ? Page.text(404, "xds: off (expected: server.xds in the config)\n")
        : json(page);
  }

  private static Page json(Map<String, Object> tree) {
    return Page.json(Yaml.writeJson(tree) + "\n");
  }

  /** In OpenMetrics' format for who asks for it, which is the one with exemplars. */
  private Page metrics(@Nullable String accept) {
    boolean open = accept != null && accept.contains("application/openmetrics-text");
    String type = open ? OPENMETRICS : PROMETHEUS;
    return new Page(200, type, view.metrics().apply(type));
  }

  private Page exchange(String path) {
    Map<String, Object> found = view.exchange().apply(path.substring(EXCHANGES.length()));
    return found == null
        ? Page.text(404, "exchange: not one of the last thousand (expected: an id of /live)\n")
        : json(found);
  }

  /**
   * Returns the page that the console shows; {@code after=NUMBER} leaves out the rows up to that
   * number.
   */
  private Page live(@Nullable String query) {
    long after = 0;
    if (query != null) {
      if (!query.matches("after=[0-9]{1,12}")) {
        return Page.text(400, "query: not understood (expected: after=NUMBER)\n");
      }
      after = Long.parseLong(query.substring("after=".length()));
    }
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("ready", view.ready().getAsBoolean());
    page.put("ruleset_version", view.version().getAsInt());
    page.put("file_problems", view.problems().get().stream().map(Problem::toString).toList());
    page.put("read_only", view.config().get().server().adminReadOnly());
    page.put("token_set", view.token().get() != null);
    page.putAll(view.live().apply(after));
    page.put("health", TargetsPage.of(view));
    page.put("budgets", BudgetsPage.of(view.state().controller()));
    page.put("rollouts", RolloutsPage.of(view.state().rollouts()));
    page.put("alerting", view.alerts().get());
    page.put("ledger", ledger(view.ledger().get()));
    return Page.json(Yaml.writeJsonLine(page));
  }

  /** Returns the figures learned from the responses of each model. */
  private Map<String, Object> models() {
    Map<String, Object> page = new LinkedHashMap<>();
    for (String model : view.models().get()) {
      page.put(model, Map.of("output_tokens", view.state().health().outputTokens(model)));
    }
    return page;
  }

  private static Map<String, Object> ledger(LedgerStatus status) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("recorded", status.recorded());
    page.put("waiting", status.waiting());
    page.put("spooled", status.spooled());
    page.put("spool_bytes", status.spoolBytes());
    page.put("lost", status.lost());
    page.put("lag_seconds", TimeUnit.NANOSECONDS.toMillis(status.lagNanos()) / 1000.0);
    page.put("problem", status.problem());
    return page;
  }

  private Map<String, Object> config() {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("ruleset_version", view.version().getAsInt());
    page.put("file_problems", view.problems().get().stream().map(Problem::toString).toList());
    page.put("config", ConfigDump.of(view.config().get()));
    return page;
  }
}
