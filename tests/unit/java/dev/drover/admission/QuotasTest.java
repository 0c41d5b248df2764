package dev.drover.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.LimitsConfig;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.RateLimit;
import dev.drover.record.Caller;
import dev.drover.testing.Cases;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class QuotasTest {
  private final FakeTicker time = new FakeTicker();
  private final Quotas quotas = new Quotas(time);
  private final AdmissionController controller =
      new AdmissionController(
          quotas, new Budgets(Map.of(), () -> Instant.EPOCH), time, () -> Instant.EPOCH);
  private static final Caller ALICE = new Caller("alice", "search", "", null);
  private static final Caller BOB = new Caller("bob", "search", "", null);

  private void configure(String key, String team, String model) {
    quotas.configure(
        Configs.load(
            Configs.THREE.replace("strategy: STRATEGY", "limits: " + model)
                + """
                teams: { search: { limits: %s } }
                keys:
                  - { id: alice, sha256: "%s", team: search, limits: %s }
                  - { id: bob, sha256: "%s", team: search }
                """
                    .formatted(team, Callers.sha256("a"), key, Callers.sha256("b"))));
  }

  private Admission.Result ask(Caller caller, long tokens) {
    return controller.admit(
        new AdmissionRequest(
            caller, "chat", Map.of(), tokens, 0, new AdmissionRequest.Bound(tokens, 0)));
  }

  private Admission in(Caller caller, long tokens) {
    return ((Admission.Result.In) ask(caller, tokens)).admission();
  }

  private Admission.Result.Out out(Caller caller, long tokens) {
    return (Admission.Result.Out) ask(caller, tokens);
  }

  @Test
  void burst_isTakenAtOnce_thenOneForEachInterval() {
    configure("{ requests_per_minute: 60, burst: 5 }", "{}", "{}");
    for (int i = 0; i < 5; i++) {
      in(ALICE, 1).end(1, 0);
    }
    assertThat(out(ALICE, 1).waitNanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
    assertThat(out(ALICE, 1).message())
        .isEqualTo("key alice: 60 requests a minute reached (expected: fewer)");
    time.advance(Duration.ofMillis(999));
    assertThat(out(ALICE, 1).waitNanos()).isEqualTo(Duration.ofMillis(1).toNanos());
    time.advance(Duration.ofMillis(1));
    in(ALICE, 1).end(1, 0);
    out(ALICE, 1);
    in(BOB, 1).end(1, 0);
  }

  @Test
  void changedRate_keepsTheUnitsThatAreMissing_notTheTimeTheyTake() {
    configure("{ requests_per_minute: 60, burst: 5, tokens_per_minute: 100 }", "{}", "{}");
    in(ALICE, 1_000).end(1_000, 0);
    assertThat(out(ALICE, 1).waitNanos()).isGreaterThan(Duration.ofMinutes(9).toNanos());
    configure("{ requests_per_minute: 60, burst: 5, tokens_per_minute: 1100 }", "{}", "{}");
    in(ALICE, 100).end(100, 0);
    out(ALICE, 1);
    configure("{ requests_per_minute: 60, burst: 5 }", "{}", "{}");
    for (int i = 0; i < 3; i++) {
      in(ALICE, 1).end(1, 0);
    }
    configure("{ requests_per_minute: 6, burst: 5 }", "{}", "{}");
    assertThat(out(ALICE, 1).waitNanos()).isEqualTo(Duration.ofSeconds(10).toNanos());
  }

  /** Whatever comes when: never more than the burst and what has come in since. */
  @Test
  void anyTraffic_staysWithinBurstAndRate_andRetryAfterIsTrue() {
    Cases.each(
        random -> {
          FakeTicker clock = new FakeTicker();
          long rate = 1L + random.nextInt(600);
          long burst = 1L + random.nextInt(20);
          Gcra gcra = new Gcra(rate, burst, clock.nanos());
          long start = clock.nanos();
          long taken = 0;
          for (int i = 0; i < 200; i++) {
            clock.advance(Duration.ofMillis(random.nextInt(400)));
            long wait = gcra.take(1, clock.nanos());
            if (wait > 0) {
              clock.advance(Duration.ofNanos(wait - 1));
              assertThat(gcra.wait(1, clock.nanos())).isPositive();
              clock.advance(Duration.ofNanos(2));
              assertThat(gcra.take(1, clock.nanos())).isZero();
            }
            taken++;
            double most = burst + rate * (clock.nanos() - start) / 60e9;
            assertThat((double) taken).isLessThanOrEqualTo(most + 1e-3);
          }
        });
  }

  @Test
  void tokens_areReservedByEstimate_andSettledByCount() {
    configure("{ tokens_per_minute: 1000 }", "{}", "{}");
    Admission first = in(ALICE, 600);
    out(ALICE, 600);
    first.end(100, 0);
    first.end(1_000_000, 0);
    in(ALICE, 600).end(900, 0);
    assertThat(out(ALICE, 100).waitNanos())
        .as("100 + 900 of 1,000 are gone")
        .isEqualTo(Duration.ofSeconds(6).toNanos());
  }

  @Test
  void requestOverTheWholeBucket_isLetThroughWhenItIsFull() {
    configure("{ tokens_per_minute: 1000 }", "{}", "{}");
    in(ALICE, 5000).end(5000, 0);
    assertThat(out(ALICE, 1).waitNanos())
        .isCloseTo(
            Duration.ofMinutes(4).toNanos(), org.assertj.core.data.Offset.offset(100_000_000L));
  }

  @Test
  void refusalByOne_takesNothingFromTheOthers() {
    configure("{ requests_per_minute: 100 }", "{ requests_per_minute: 2 }", "{ in_flight: 10 }");
    in(ALICE, 1).end(1, 0);
    in(BOB, 1).end(1, 0);
    for (int i = 0; i < 200; i++) {
      assertThat(out(ALICE, 1).message()).startsWith("team search");
    }
    assertThat(quotas.of(ALICE, "chat").getFirst().inFlight()).isZero();
    time.advance(Duration.ofMinutes(1));
    in(ALICE, 1);
  }

  @Test
  void inFlight_isExact_underConcurrency() throws Exception {
    configure("{ in_flight: 50 }", "{}", "{}");
    List<Future<Boolean>> asked = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      for (int i = 0; i < 500; i++) {
        asked.add(threads.submit(() -> ask(ALICE, 1) instanceof Admission.Result.In));
      }
    }
    int admitted = 0;
    for (Future<Boolean> each : asked) {
      admitted += each.get() ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(50);
  }

  @Test
  void headers_tellOfTheScarcest() {
    configure(
        "{ requests_per_minute: 60, tokens_per_minute: 1000 }", "{ requests_per_minute: 6 }", "{}");
    var limits = in(ALICE, 100).limits();
    assertThat(limits.getFirst()).isEqualTo(new RateLimit("requests", 6, 5, 10));
    assertThat(limits.getLast())
        .extracting(RateLimit::unit, RateLimit::remaining)
        .containsExactly("tokens", 900L);
    assertThat(Dialects.usual().limitHeaders(limits, Instant.EPOCH))
        .containsEntry("x-ratelimit-limit-requests", "6")
        .containsEntry("x-ratelimit-remaining-requests", "5")
        .containsEntry("x-ratelimit-reset-requests", "10s")
        .containsEntry("x-ratelimit-remaining-tokens", "900");
    assertThat(in(new Caller("", "", "", null), 1).limits()).isEmpty();
  }

  @Test
  void idleTime_earnsNoMoreThanABurst_whoeverCounts() {
    Quota quota = new Quota("target t", time);
    quota.configure(new LimitsConfig(3, null, 600, null));
    time.advance(Duration.ofMinutes(10));
    for (int i = 0; i < 3; i++) {
      quota.count(100);
      quota.done(0);
    }
    assertThat(quota.waitNanos(100, time.nanos())).isPositive();
  }

  @Test
  void lateRefunds_giveNothingBackThatHasComeInSince() {
    configure("{ tokens_per_minute: 6000 }", "{}", "{}");
    List<Admission> held = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      held.add(in(ALICE, 6000));
      time.advance(Duration.ofMinutes(1));
    }
    held.forEach(admission -> admission.end(0, 0));
    in(ALICE, 6000);
    out(ALICE, 6000);
  }

  @Test
  void requestThatIsNotMade_takesNothing() {
    configure("{ requests_per_minute: 1, tokens_per_minute: 10 }", "{}", "{}");
    for (int i = 0; i < 5; i++) {
      Admission admission = in(ALICE, 10);
      admission.cancel();
      admission.end(10, 10);
    }
    in(ALICE, 10);
    out(ALICE, 1);
  }

  @Test
  void absurdCounts_doNotWrapAround() {
    configure("{ tokens_per_minute: 10 }", "{}", "{}");
    in(ALICE, 1).end(Long.MAX_VALUE, Long.MAX_VALUE);
    out(ALICE, 1);
    time.advance(Duration.ofDays(365));
    out(ALICE, 1);
  }

  @Test
  void reload_changesBounds_andKeepsWhatIsUsed() {
    configure("{ requests_per_minute: 60, burst: 2 }", "{}", "{}");
    in(ALICE, 1);
    in(ALICE, 1);
    configure("{ requests_per_minute: 60, burst: 3 }", "{}", "{}");
    in(ALICE, 1);
    out(ALICE, 1);
    quotas.configure(Configs.three("priority"));
    in(ALICE, 1);
  }
}
