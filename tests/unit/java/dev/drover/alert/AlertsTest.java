package dev.drover.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.drover.config.schema.AlertsConfig;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credential;
import dev.drover.credential.ProviderCredential;
import dev.drover.credential.Secrets;
import dev.drover.json.Yaml;
import dev.drover.ledger.LedgerStatus;
import dev.drover.record.Caller;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.Outcome;
import dev.drover.record.TraceContext;
import dev.drover.state.RuntimeState;
import dev.drover.state.health.HealthSettings;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlertsTest {
  private static final Instant NOON = Instant.parse("2026-03-04T12:00:00Z");

  private final FakeTicker time = new FakeTicker();
  private final long started = time.nanos();
  private final RuntimeState state = RuntimeState.fresh(time, this::now);
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final List<String> signatures = new CopyOnWriteArrayList<>();
  private Map<String, Object> kept = Map.of();
  private LedgerStatus ledger = LedgerStatus.NONE;
  private volatile int answer = 200;
  private @Nullable HttpServer receiver;

  private Instant now() {
    return NOON.plusNanos(time.nanos() - started);
  }

  @AfterEach
  void stop() {
    if (receiver != null) {
      receiver.stop(0);
    }
  }

  private String receiver() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver = server;
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if (answer == 200) {
            received.add(body);
            signatures.add(
                String.valueOf(exchange.getRequestHeaders().getFirst("x-drover-signature")));
          }
          exchange.sendResponseHeaders(answer, -1);
          exchange.close();
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
  }

  private static GatewayConfig config(String alerts) {
    return Configs.load(Configs.THREE.replace("STRATEGY", "priority") + "\nalerts: " + alerts);
  }

  private List<ProviderCredential> credentials = List.of();

  @Test
  void credential_thatIsNotRenewed_isTold() {
    double[] failing = {0};
    credentials =
        List.of(
            new ProviderCredential() {
              @Override
              public @Nullable Credential current() {
                return null;
              }

              @Override
              public List<String> secrets() {
                return List.of();
              }

              @Override
              public Set<String> headers() {
                return Set.of();
              }

              @Override
              public boolean renews() {
                return true;
              }

              @Override
              public double failingSeconds() {
                return failing[0];
              }

              @Override
              public String toString() {
                return "aws";
              }
            });
    Alerts alerts = alerts("{}");
    pass(alerts, Duration.ofSeconds(5));
    assertThat(due(alerts)).isEmpty();
    failing[0] = 61;
    pass(alerts, Duration.ofSeconds(5));
    assertThat(due(alerts)).containsExactly("credential_not_renewed aws");
  }

  private Alerts alerts(String yaml) {
    AlertsConfig config = config(yaml).alerts();
    return new Alerts(
        () -> config,
        new Secrets(_ -> "sesame"),
        () -> credentials,
        state,
        () -> ledger,
        () -> Set.of("a"),
        kept,
        all -> kept = all,
        (_, _) -> {},
        time,
        this::now);
  }

  private static void send(Alerts alerts) throws InterruptedException {
    for (Thread thread : alerts.send()) {
      thread.join();
    }
    alerts.save();
  }

  private static ExchangeRecord record(Ending ending, Outcome first, Usage.Status usage) {
    return record(ending, 200, first, usage);
  }

  private static ExchangeRecord record(
      Ending ending, int status, Outcome first, Usage.Status usage) {
    return new ExchangeRecord(
        "id",
        TraceContext.NONE,
        new ExchangeRecord.Asked("chat", "chat", true, "", null, Map.of(), Caller.ANONYMOUS),
        List.of(
            new ExchangeRecord.AttemptRecord(
                "a",
                first,
                200,
                1,
                Usage.NONE,
                NanoDollars.ZERO,
                new ExchangeRecord.Course("00", "one", "one.example", "model-a", 0, 1))),
        "a",
        "model-a",
        ending,
        status,
        null,
        null,
        new Usage(usage, 10, 0, 0, 0, 5, 0, 15),
        new NanoDollars(1_000_000_000),
        new ExchangeRecord.Charge(15, new NanoDollars(1_000_000_000)),
        new ExchangeRecord.Cached("", NanoDollars.ZERO),
        new ExchangeRecord.Timing(NOON, 40_000_000_000L, 1));
  }

  private static void finished(Alerts alerts, int times, Ending ending) {
    for (int i = 0; i < times; i++) {
      alerts.listener().finished(record(ending, Outcome.SUCCESS, Usage.Status.COMPLETE));
    }
  }

  private static List<Object> due(Alerts alerts) {
    List<Object> due = new ArrayList<>();
    for (Object each : (List<?>) Objects.requireNonNull(alerts.page().get("alerts"))) {
      Map<?, ?> map = (Map<?, ?>) each;
      if (map.get("told") != null) {
        due.add(map.get("rule") + " " + map.get("subject"));
      }
    }
    return due;
  }

  private List<String> statuses() {
    return received.stream()
        .map(Yaml::readMap)
        .map(map -> map.get("status") + " " + map.get("rule"))
        .toList();
  }

  private void pass(Alerts alerts, Duration duration) {
    for (long s = 0; s < duration.toSeconds(); s++) {
      time.advance(Duration.ofSeconds(1));
      alerts.look();
    }
  }

  private static final String ERRORS =
      "{ rules: { error_rate: { for: 10s, over: 1m, quiet: 10m }, slow: { enabled: false } } }";

  @Test
  void referencePage_isThatOfTheRules() throws IOException {
    Path page = Path.of("docs/reference/alerts.md");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(page, RulesPage.text());
    }
    assertThat(Files.readString(page)).isEqualTo(RulesPage.text());
  }

  @Test
  void errors_thatLast_areTold_once_andTheirEndToo() {
    Alerts alerts = alerts(ERRORS);
    finished(alerts, 19, Ending.CUT);
    pass(alerts, Duration.ofSeconds(11));
    assertThat(due(alerts)).as("too few to tell").isEmpty();
    finished(alerts, 1, Ending.FAILED);
    pass(alerts, Duration.ofSeconds(10));
    assertThat(due(alerts)).as("not yet for ten seconds").isEmpty();
    pass(alerts, Duration.ofSeconds(2));
    assertThat(due(alerts)).containsExactly("error_rate chat");
    assertThat(alerts.firing("error_rate")).isEqualTo(1);
    pass(alerts, Duration.ofMinutes(2));
    assertThat(due(alerts)).as("the window has passed").isEmpty();
    finished(alerts, 30, Ending.FAILED);
    pass(alerts, Duration.ofSeconds(20));
    assertThat(due(alerts)).as("quiet for ten minutes").isEmpty();
  }

  @Test
  void goodTraffic_isNoMatter_andRefusalsAreNot() {
    Alerts alerts = alerts(ERRORS);
    finished(alerts, 96, Ending.COMPLETE);
    finished(alerts, 4, Ending.CUT);
    finished(alerts, 1_000, Ending.REFUSED);
    pass(alerts, Duration.ofSeconds(30));
    assertThat(due(alerts)).containsExactly("daily_spend "); // each cost a dollar
  }

  @Test
  void refusalsForWantOfATarget_areErrors() {
    Alerts alerts = alerts(ERRORS);
    for (int i = 0; i < 20; i++) {
      alerts
          .listener()
          .finished(record(Ending.REFUSED, 503, Outcome.CANCELLED, Usage.Status.MISSING));
    }
    pass(alerts, Duration.ofSeconds(12));
    assertThat(due(alerts)).containsExactly("error_rate chat");
  }

  @Test
  void everyRule_canBeMet() {
    Alerts alerts =
        alerts(
            "{ rules: { error_rate: { for: 0s }, slow: { for: 0s }, failovers: { for: 0s }, breaker_open: { for: 0s }, usage_missing: { for: 0s }, ledger_lag: { for: 0s } } }");
    GatewayConfig config =
        Configs.load(
            Configs.THREE.replace(
                "STRATEGY",
                "priority, budgets: [ { limit_usd: 10 }, { limit_tokens: 100, per: week, soft_at: 0.5 } ]"));
    state.controller().configure(config);
    var budgets = state.controller().budgets().all();
    budgets.forEach(
        budget ->
            budget.restore(
                List.copyOf(budget.own(now()).keySet()),
                List.of(budget.money() ? 10_000_000_000L : 60L),
                now()));
    for (int i = 0; i < 600; i++) {
      alerts.listener().finished(record(Ending.CUT, Outcome.SUCCESS, Usage.Status.PARTIAL));
      alerts
          .listener()
          .finished(record(Ending.COMPLETE, Outcome.CREDENTIAL_REJECTED, Usage.Status.ESTIMATED));
    }
    var health =
        state.health().configure("a", HealthSettings.compile(Configs.three("priority").health()));
    for (int i = 0; i < 5; i++) {
      health.begin(-1).finish(Outcome.FAILURE, 1);
    }
    ledger = new LedgerStatus(0, 0, 0, 0, 0, Duration.ofMinutes(2).toNanos(), "down");
    pass(alerts, Duration.ofSeconds(1));
    assertThat(due(alerts))
        .contains(
            "error_rate chat",
            "slow chat",
            "breaker_open a",
            "daily_spend ",
            "budget_soft model chat, tokens a week in UTC",
            "budget_spent model chat, USD a day in UTC",
            "usage_missing a",
            "ledger_lag ",
            "key_rejected a");
  }

  @Test
  void receiverThatIsDown_getsAllOfItLater_overARestart_andSigned() throws Exception {
    String hook =
        "{ webhooks: { ops: { url: \"%s\", secret: { env: HOOK } } }, rules: { error_rate: { for: 0s, over: 1m }, slow: { enabled: false } } }"
            .formatted(receiver());
    Alerts alerts = alerts(hook);
    answer = 503;
    finished(alerts, 50, Ending.CUT);
    pass(alerts, Duration.ofSeconds(1));
    send(alerts);
    pass(alerts, Duration.ofMinutes(2));
    send(alerts);
    assertThat(alerts.page().get("messages_waiting")).isEqualTo(2);
    alerts.close();
    Alerts again = alerts(hook);
    send(again);
    assertThat(received).isEmpty();
    answer = 200;
    send(again);
    assertThat(received).as("left alone for a second").isEmpty();
    time.advance(Duration.ofSeconds(2));
    send(again);
    assertThat(statuses()).containsExactly("firing error_rate", "resolved error_rate");
    String at = signatures.getFirst().substring("t=".length(), signatures.getFirst().indexOf(','));
    assertThat(signatures.getFirst())
        .isEqualTo("t=" + at + ",v1=" + Webhook.sign("sesame", at + "." + received.getFirst()));
    assertThat(alerts(hook).page().get("messages_waiting")).isEqualTo(0);
  }

  @Test
  void webhookThatIsSlow_holdsUpNoOther() throws Exception {
    String url = receiver();
    CountDownLatch go = new CountDownLatch(1);
    Objects.requireNonNull(receiver)
        .createContext(
            "/slow",
            exchange -> {
              try (exchange) {
                go.await();
                exchange.sendResponseHeaders(200, -1);
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            });
    Alerts alerts =
        alerts(
            "{ webhooks: { a: { url: \"%s\" }, b: { url: \"%s\" } }, rules: { error_rate: { for: 0s, over: 1m }, slow: { enabled: false } } }"
                .formatted(url.replace("/hook", "/slow"), url));
    finished(alerts, 50, Ending.CUT);
    pass(alerts, Duration.ofSeconds(1));
    List<Thread> first = alerts.send();
    assertThat(first).hasSize(2);
    first.getLast().join();
    pass(alerts, Duration.ofMinutes(2));
    List<Thread> second = alerts.send();
    assertThat(second).as("only that of b, a's is under way").hasSize(1);
    second.getFirst().join();
    assertThat(statuses()).containsExactly("firing error_rate", "resolved error_rate");
    assertThat(alerts.page().get("messages_waiting")).isEqualTo(2);
    go.countDown();
    first.getFirst().join();
    send(alerts);
    assertThat(alerts.page().get("messages_waiting")).isEqualTo(0);
    alerts.close();
  }

  @Test
  void alertThatWasTold_isNotToldAgainAfterARestart_butItsEndIs() throws Exception {
    String hook =
        "{ webhooks: { ops: { url: \"%s\" } }, rules: { error_rate: { for: 0s, over: 1m }, slow: { enabled: false } } }"
            .formatted(receiver());
    Alerts alerts = alerts(hook);
    finished(alerts, 50, Ending.CUT);
    pass(alerts, Duration.ofSeconds(1));
    send(alerts);
    alerts.close();
    Alerts again = alerts(hook);
    finished(again, 50, Ending.CUT);
    pass(again, Duration.ofSeconds(1));
    send(again);
    assertThat(statuses()).containsExactly("firing error_rate");
    pass(again, Duration.ofMinutes(10));
    send(again);
    assertThat(statuses()).containsExactly("firing error_rate", "resolved error_rate");
    assertThat(Yaml.readMap(received.getFirst()).get("id"))
        .isEqualTo(Yaml.readMap(received.getLast()).get("id"));
  }

  @Test
  void slackAndPagerDuty_getTheirOwnForms() throws Exception {
    String url = receiver();
    Instant at = NOON;
    for (String kind : new String[] {"slack", "pagerduty"}) {
      assertThat(Webhooks.test(new Webhook("x", kind, () -> url, () -> "route-key"), at)).isEmpty();
    }
    assertThat(received.getFirst()).contains("\"text\":\"*[test] test*: this is a test");
    assertThat(received.getLast())
        .contains("\"routing_key\":\"route-key\"", "\"event_action\":\"trigger\"", "\"dedup_key\"");
    assertThat(Webhooks.test(new Webhook("x", "json", () -> "http://127.0.0.1:1/", null), at))
        .isEqualTo("ConnectException");
    assertThat(Webhooks.test(new Webhook("x", "json", () -> "no url", null), at))
        .contains("expected: https://");
  }
}
