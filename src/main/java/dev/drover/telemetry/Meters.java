package dev.drover.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Every meter: name, unit, labels, what it means and what to do about it. */
enum Meters {
  EXCHANGES(
      Meter.Type.COUNTER,
      "drover.exchanges",
      "exchanges",
      "Finished exchanges by how they ended. Rising `failed` or `cut`: look at drover.attempts by target.",
      "model",
      "operation",
      "ending"),
  ATTEMPTS(
      Meter.Type.COUNTER,
      "drover.attempts",
      "attempts",
      "Tries of targets by outcome. Rising failures of one target: check that provider's status page.",
      "target",
      "outcome"),
  FAULTS(
      Meter.Type.COUNTER,
      "drover.response.faults",
      "faults",
      "Responses under a good status that are no answer, by kind: `error_in_body`, `empty_response`, `unfinished_response` or `malformed_response`. They count as failures of the target.",
      "target",
      "fault"),
  DROPPED(
      Meter.Type.COUNTER,
      "drover.translation.dropped",
      "fields",
      "Fields of requests that a target of another API did not get. `x-drover-dropped` names them to the client. If answers are odd: put a target of the client's API first, or set `translation.strict`.",
      "model",
      "target"),
  FALLBACKS(
      Meter.Type.COUNTER,
      "drover.fallbacks",
      "fallbacks",
      "Exchanges answered by another target than the first, by what became of that. A rising share: the primary is ill. The primary's hit rate is 1 less this over answers.",
      "model",
      "reason"),
  TOKENS(
      Meter.Type.COUNTER,
      "gen_ai.client.token.usage",
      "tokens",
      "Tokens of answers, a counter under the name of OpenTelemetry's histogram; `type` is input, cached_input, output or reasoning.",
      "model",
      "target",
      "type"),
  COST(
      Meter.Type.COUNTER,
      "drover.cost.usd",
      "usd",
      "Money spent, on attempts in vain too, as estimated. Compare its rate with the budget you have in mind.",
      "model",
      "target"),
  TEAM_COST(
      Meter.Type.COUNTER,
      "drover.team.cost.usd",
      "usd",
      "Money spent by each team that has keys, on attempts in vain too.",
      "team"),
  HEDGE_COST(
      Meter.Type.COUNTER,
      "drover.hedge.cost.usd",
      "usd",
      "Money spent on attempts that another one outran, as estimated. Too much: raise the model's `hedge_after`.",
      "model"),
  USAGE(
      Meter.Type.COUNTER,
      "drover.answers",
      "answers",
      "Answers by how their usage is known. A rising share of `estimated`: a provider has stopped stating usage.",
      "target",
      "status"),
  DURATION(
      Meter.Type.TIMER,
      "gen_ai.server.request.duration",
      "seconds",
      "From a request's headers to the end of its answer.",
      "model",
      "operation"),
  FIRST_TOKEN(
      Meter.Type.TIMER,
      "gen_ai.server.time_to_first_token",
      "seconds",
      "From a request's headers to the first byte of its answer's body; streams only.",
      "target"),
  OUTPUT_TOKEN_TIME(
      Meter.Type.TIMER,
      "gen_ai.server.time_per_output_token",
      "seconds",
      "Time between tokens of streams, after the first. Rising: the target is loaded.",
      "target"),
  DURATION_EXACT(
      Meter.Type.GAUGE,
      "drover.exchange.duration.seconds",
      "seconds",
      "Whole time of the last thousand complete answers, exact: `quantile` is 0.5, 0.95 or 0.99. As in the console.",
      "quantile"),
  FIRST_TOKEN_EXACT(
      Meter.Type.GAUGE,
      "drover.exchange.first_token.seconds",
      "seconds",
      "Time to the first byte of the last thousand streams, exact: `quantile` is 0.5, 0.95 or 0.99. As in the console.",
      "quantile"),
  HANDLING(
      Meter.Type.TIMER,
      "drover.handling.duration",
      "seconds",
      "Drover's own time for one message of Envoy's, by the phase that took it; waiting is not in it. Its P99 is what Drover adds to a request.",
      "phase"),
  STREAMS(
      Meter.Type.GAUGE,
      "drover.streams.open",
      "streams",
      "ext_proc streams open now: one for each request, and one for each attempt under way."),
  REFUSALS(
      Meter.Type.COUNTER,
      "drover.refusals",
      "refusals",
      "Requests that Drover refused, by code; those that Envoy refused before Drover had read them: proxy_ and the status.",
      "code"),
  IN_FLIGHT(
      Meter.Type.GAUGE,
      "drover.exchanges.active",
      "exchanges",
      "Exchanges on their way to a target."),
  BREAKER(
      Meter.Type.GAUGE,
      "drover.target.breaker",
      "state",
      "0 closed, 1 half open, 2 open. Open for minutes: the target is down, see /targets.",
      "target"),
  COOLING(
      Meter.Type.GAUGE,
      "drover.target.cooling.seconds",
      "seconds",
      "For how long the target still rests after a 429. Often above 0: its quota is too small, or `limits` of the target are missing.",
      "target"),
  CREDENTIAL_EXPIRY(
      Meter.Type.GAUGE,
      "drover.credential.expiry.seconds",
      "seconds",
      "The time until a cloud's credential ends; infinite for one without an end. It is renewed after 80 % of its life. At 0 its targets are no candidates: see the log for the reason.",
      "credential"),
  CREDENTIAL_RENEWALS(
      Meter.Type.COUNTER,
      "drover.credential.renewals",
      "renewals",
      "Renewals of clouds' credentials by whether one was issued: `issued`, `failed`. The one before serves until it ends. If failures go on, check the identity and its rights.",
      "credential",
      "result"),
  LATENCY(
      Meter.Type.GAUGE,
      "drover.target.latency.seconds",
      "seconds",
      "Time to the answer's headers over the last samples of a target, exact: `quantile` is 0.5, 0.95 or 0.99. As in /targets.",
      "target",
      "quantile"),
  SHADOWS(
      Meter.Type.COUNTER,
      "drover.shadow.exchanges",
      "exchanges",
      "Requests compared with their copy at the shadow target, by verdict. A rising share other than `alike`: the target is not ready.",
      "model",
      "target",
      "verdict"),
  SHADOW_TOKENS(
      Meter.Type.COUNTER,
      "drover.shadow.tokens",
      "tokens",
      "Tokens of copies; in no caller's bill.",
      "target",
      "type"),
  SHADOW_COST(
      Meter.Type.COUNTER, "drover.shadow.cost.usd", "usd", "Money spent on copies.", "target"),
  SHADOW_DURATION(
      Meter.Type.TIMER,
      "drover.shadow.duration",
      "seconds",
      "Whole time of shadowed requests; `side` tells the client's answer from the copy's.",
      "model",
      "side"),
  PROBES(
      Meter.Type.COUNTER,
      "drover.probes",
      "probes",
      "Active probes by outcome. `not_asked`: Drover cannot reach the provider itself, only Envoy can.",
      "target",
      "outcome"),
  PROBE_COST(
      Meter.Type.COUNTER,
      "drover.probe.cost.usd",
      "usd",
      "Money spent on probes; in no caller's bill.",
      "target"),
  BUDGET_SPENT(
      Meter.Type.GAUGE,
      "drover.budget.spent",
      "usd or tokens",
      "What is spent of each budget in its present window. Compare with drover.budget.limit.",
      "budget"),
  BUDGET_LIMIT(
      Meter.Type.GAUGE,
      "drover.budget.limit",
      "usd or tokens",
      "The limit of each budget as in force now.",
      "budget"),
  BUDGET_RESERVED(
      Meter.Type.GAUGE,
      "drover.budget.reserved",
      "usd or tokens",
      "What requests under way may still spend of each budget.",
      "budget"),
  ROLLOUT(
      Meter.Type.GAUGE,
      "drover.rollout.percent",
      "percent",
      "Share of a model's sessions that go to its rollout's target. 0 after a rollback: see /rollouts for the gate that failed.",
      "model"),
  ROLLOUT_CHANGES(
      Meter.Type.COUNTER,
      "drover.rollout.changes",
      "changes",
      "Changes of a rollout's stage or status, by the new status. `rolled_back`: the new target failed a gate.",
      "model",
      "status"),
  CACHE(
      Meter.Type.COUNTER,
      "drover.cache",
      "requests",
      "Requests for models that keep answers: hit, miss, or bypass where the request may not be answered so. Few hits: requests are not alike, or the time is too short.",
      "model",
      "result"),
  CACHE_SAVED(
      Meter.Type.COUNTER,
      "drover.cache.saved.usd",
      "usd",
      "What hits cost when they were asked for first.",
      "model"),
  LEDGER_EVENTS(
      Meter.Type.COUNTER,
      "drover.ledger.events",
      "events",
      "Events by what became of them: recorded in the store, spooled to disk while it was down, lost. Any `lost`: disk and memory were full, see the log.",
      "result"),
  LEDGER_LAG(
      Meter.Type.GAUGE,
      "drover.ledger.lag.seconds",
      "seconds",
      "How old the oldest event is that is not in the store. Above a minute: the store is down, see /ledger."),
  LEDGER_UP(
      Meter.Type.GAUGE,
      "drover.ledger.up",
      "",
      "1 while the ledger's database takes events; absent without a ledger. At 0: they wait on disk; /ledger has the reason."),
  LEDGER_WAITING(
      Meter.Type.GAUGE,
      "drover.ledger.waiting.events",
      "events",
      "Events in memory that are neither in the store nor on disk."),
  LEDGER_SPOOL(
      Meter.Type.GAUGE,
      "drover.ledger.spool.bytes",
      "bytes",
      "Bytes on disk that wait for the store. Near `ledger.spool_max`: bring the store back or make room."),
  REDIS_UP(
      Meter.Type.GAUGE,
      "drover.redis.up",
      "",
      "1 while this Drover counts together with others; absent without `redis`. At 0: limits and budgets hold for each Drover by itself; see the log for the reason."),
  REDIS_ADMISSIONS(
      Meter.Type.COUNTER,
      "drover.redis.admissions",
      "admissions",
      "Requests that had limits, budgets or a cache to ask for, by who counted them: `together`, or this Drover `alone`.",
      "counted"),
  XDS_ENVOYS(
      Meter.Type.GAUGE,
      "drover.xds.envoys",
      "envoys",
      "Envoys connected that are told their clusters and routes; absent without `server.xds`. Fewer than there are: they keep what they have been told last."),
  XDS_REFUSALS(
      Meter.Type.COUNTER,
      "drover.xds.refusals",
      "refusals",
      "How often an Envoy would not take what it was told. Any: see /xds for its words; it stays at the version before."),
  ALERTS(
      Meter.Type.GAUGE,
      "drover.alerts.firing",
      "alerts",
      "Alerts that people have been told of and that are not over, by rule. See /alerts.",
      "rule"),
  ALERT_MESSAGES(
      Meter.Type.COUNTER,
      "drover.alert.messages",
      "messages",
      "Messages of alerts by webhook and whether it took them: `delivered`, `refused`. Refused ones are tried again; if it goes on, check the webhook.",
      "webhook",
      "result"),
  SPANS(
      Meter.Type.COUNTER,
      "drover.traces.spans",
      "spans",
      "Spans by what became of them: sent, refused by the receiver, dropped because it is too slow. Any but `sent`: look at the receiver.",
      "result"),
  HELD(
      Meter.Type.GAUGE,
      "drover.memory.held.bytes",
      "bytes",
      "Memory that is held for requests under way: their bodies, and what is kept of their answers."),
  HELD_LIMIT(
      Meter.Type.GAUGE,
      "drover.memory.held.limit.bytes",
      "bytes",
      "The most that is held, `memory.held`. Over it requests get 503 `memory_full`; over a caller's share of it 429 `memory_share`."),
  RULESET(
      Meter.Type.GAUGE,
      "drover.ruleset.version",
      "loads",
      "Version of the ruleset in force; rises by one with each reload."),
  RELOAD_FAILED(
      Meter.Type.GAUGE,
      "drover.reload.failed",
      "state",
      "1 while the config file, or one of `server.tls`, is broken and what was read before stays in force: run `drover check`.");

  private final Meter.Type type;
  private final String meterName;
  private final String unit;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<String> labels;

  Meters(Meter.Type type, String meterName, String unit, String meaning, String... labels) {
    this.type = type;
    this.meterName = meterName;
    this.unit = unit;
    this.meaning = meaning;
    this.labels = List.of(labels);
  }

  public Meter.Type type() {
    return type;
  }

  public List<String> labels() {
    return labels;
  }

  /** A timer's bounds, upper ones, in seconds: those that OpenTelemetry's conventions advise. */
  Duration[] bounds() {
    List<Double> seconds =
        switch (this) {
          case FIRST_TOKEN ->
              List.of(
                  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0,
                  7.5, 10.0);
          case OUTPUT_TOKEN_TIME ->
              List.of(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5);
          case HANDLING ->
              List.of(
                  0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01,
                  0.05);
          default ->
              List.of(
                  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96,
                  81.92);
        };
    return seconds.stream()
        .map(each -> Duration.ofNanos(Math.round(each * TimeUnit.SECONDS.toNanos(1))))
        .toArray(Duration[]::new);
  }

  /**
   * As Prometheus sees it; a timer's series add {@code _bucket}, {@code _count} and {@code _sum}.
   */
  public String prometheusName() {
    String base =
        switch (type) {
          case COUNTER -> unit;
          case TIMER -> "seconds";
          default -> null; // a gauge's unit is in its name, where it has one
        };
    String name = new PrometheusNamingConvention().name(meterName, type, base);
    return type == Meter.Type.COUNTER ? name + "_total" : name;
  }

  public String meterName() {
    return meterName;
  }

  public String unit() {
    return unit;
  }

  public String meaning() {
    return meaning;
  }

  /** The labels with these values, in the order declared. */
  Tags tags(String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(
          meterName + ": " + values.length + " label values (expected: " + labels + ")");
    }
    Tags tags = Tags.empty();
    for (int i = 0; i < values.length; i++) {
      tags = tags.and(Tag.of(labels.get(i), values[i]));
    }
    return tags;
  }
}
