package dev.drover.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.bind.Problem;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.record.Caller;
import dev.drover.testing.Cases;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class BudgetsTest {
  private static final Caller ALICE = new Caller("alice", "search", "", null);
  private Instant now = Instant.parse("2026-03-04T12:00:00Z");

  private static GatewayConfig config(String key, String team) {
    return Configs.load(
        Configs.THREE.replace("STRATEGY", "priority")
            + """
            teams: { search: { budgets: %s } }
            keys: [ { id: alice, sha256: "%s", team: search, budgets: %s } ]
            """
                .formatted(expected(team), Callers.sha256("a"), expected(key)));
  }

  /** Budgets reserve what is expected, unless they say otherwise. */
  private static String expected(String budgets) {
    return budgets.replaceAll("\\{ (?=limit)", "{ reserve: expected, ");
  }

  private AdmissionController desk(Map<String, Object> stored, String key, String team) {
    FakeTicker time = new FakeTicker();
    AdmissionController controller =
        new AdmissionController(new Quotas(time), new Budgets(stored, () -> now), time, () -> now);
    controller.configure(config(key, team));
    return controller;
  }

  private static Admission.Result ask(AdmissionController controller, long tokens, long cost) {
    return controller.admit(
        new AdmissionRequest(
            ALICE, "chat", Map.of(), tokens, cost, new AdmissionRequest.Bound(tokens, cost)));
  }

  private static Admission in(AdmissionController controller, long tokens, long cost) {
    return ((Admission.Result.In) ask(controller, tokens, cost)).admission();
  }

  @Test
  void budget_countsAsSpent_whenWhatIsLeftDoesNotCoverARequest_notWhenTheRequestIsTooLarge() {
    AdmissionController controller = desk(Map.of(), "[ { limit_usd: 1 } ]", "[]");
    Budget budget = controller.budgets().all().getFirst();
    Instant before = now.minusSeconds(1);
    assertThat(ask(controller, 0, 2_000_000_000)).isInstanceOf(Admission.Result.Out.class);
    in(controller, 0, 900_000_000).end(0, 900_000_000);
    Admission held = in(controller, 0, 90_000_000);
    assertThat(ask(controller, 0, 90_000_000)).isInstanceOf(Admission.Result.Out.class);
    held.end(0, 0);
    assertThat(budget.refusedSince(before)).as("too large, or held by others").isFalse();
    assertThat(ask(controller, 0, 200_000_000)).isInstanceOf(Admission.Result.Out.class);
    assertThat(budget.refusedSince(before)).isTrue();
  }

  @Test
  void money_isReservedThenSettled_exactly() {
    AdmissionController controller = desk(Map.of(), "[ { limit_usd: 1 } ]", "[]");
    Budget budget = controller.budgets().all().getFirst();
    Admission first = in(controller, 0, 600_000_000);
    assertThat(ask(controller, 0, 400_000_001)).isInstanceOf(Admission.Result.Out.class);
    Admission second = in(controller, 0, 400_000_000);
    first.end(10, 1);
    assertThat(budget.spent(now)).isEqualTo(1);
    assertThat(budget.reserved(now)).isEqualTo(400_000_000);
    second.end(0, 0);
    second.end(0, 999);
    assertThat(budget.reserved(now)).isZero();
    assertThat(budget.spent(now)).isEqualTo(1);
    Admission held = in(controller, 0, 999_999_999);
    Admission.Result.Out busy = (Admission.Result.Out) ask(controller, 0, 5);
    assertThat(busy.message()).contains("reserved for requests under way");
    assertThat(busy.waitNanos()).isEqualTo(1_000_000_000);
    held.end(0, 0);
    assertThat(((Admission.Result.Out) ask(controller, 0, 1_000_000_001)).waitNanos()).isNegative();
    Admission.Result.Out out = (Admission.Result.Out) ask(controller, 0, 1_000_000_000);
    assertThat(out.code()).isEqualTo("budget_exceeded");
    assertThat(out.message()).contains("key alice, USD a day in UTC", "2026-03-05T00:00:00Z");
    assertThat(out.waitNanos()).isEqualTo(12 * 3600 * 1_000_000_000L);
    in(controller, 0, 1).end(0, 999_999_999);
    assertThat(((Admission.Result.Out) ask(controller, 0, 1_000_000_001)).waitNanos())
        .as("spent, though the request is too large too")
        .isEqualTo(12 * 3600 * 1_000_000_000L);
  }

  @Test
  void refusalByTheTeam_takesNothingOfTheKey() {
    AdmissionController controller =
        desk(Map.of(), "[ { limit_usd: 10 } ]", "[ { limit_tokens: 100, per: month } ]");
    in(controller, 60, 1).end(60, 1);
    assertThat(((Admission.Result.Out) ask(controller, 60, 1)).message()).contains("team search");
    assertThat(controller.budgets().all())
        .filteredOn(Budget::money)
        .allSatisfy(
            budget -> {
              assertThat(budget.reserved(now)).isZero();
              assertThat(budget.spent(now)).isEqualTo(1);
            });
  }

  @Test
  void fiveHundredAtOnce_withRoomForFifty_areFifty() throws Exception {
    AdmissionController controller = desk(Map.of(), "[]", "[ { limit_usd: 50 } ]");
    List<Future<Boolean>> asked = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      for (int i = 0; i < 500; i++) {
        asked.add(
            threads.submit(() -> ask(controller, 1, 1_000_000_000) instanceof Admission.Result.In));
      }
    }
    int admitted = 0;
    for (Future<Boolean> each : asked) {
      admitted += each.get() ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(50);
  }

  @Test
  void rollingDay_forgetsByTheHour() {
    now = Instant.parse("2026-03-04T10:30:00Z");
    AdmissionController controller =
        desk(Map.of(), "[ { limit_tokens: 100, per: rolling_day } ]", "[]");
    Budget budget = controller.budgets().all().getFirst();
    assertThat(budget.name()).isEqualTo("key alice, tokens in any 24 hours");
    in(controller, 60, 0).end(60, 0);
    Admission late = in(controller, 30, 0);
    now = Instant.parse("2026-03-04T23:30:00Z");
    late.end(40, 0); // counts when it is known
    assertThat(budget.spent(now)).isEqualTo(100);
    now = Instant.parse("2026-03-05T10:59:59Z");
    Admission.Result.Out out = (Admission.Result.Out) ask(controller, 60, 0);
    assertThat(out.waitNanos()).isEqualTo(1_000_000_000L);
    now = Instant.parse("2026-03-05T11:00:00Z");
    assertThat(budget.spent(now)).isEqualTo(40);
    in(controller, 60, 0).end(60, 0);
    now = Instant.parse("2026-03-09T00:00:00Z");
    assertThat(budget.spent(now)).isZero();
  }

  @Test
  void rollingWindow_isRebuiltSlotBySlot_andFromTheStateFileAtOnce() {
    now = Instant.parse("2026-03-04T10:30:00Z");
    Instant spentAt = Instant.parse("2026-03-03T20:15:00Z");
    AdmissionController controller =
        desk(Map.of(), "[ { limit_tokens: 100, per: rolling_day } ]", "[]");
    Budget budget = controller.budgets().all().getFirst();
    assertThat(controller.budgets().rebuild((_, _, since) -> since.isAfter(spentAt) ? 5L : 75L))
        .isTrue();
    assertThat(budget.spent(now)).isEqualTo(75);
    Map<String, Object> stored = controller.budgets().snapshot();
    now = Instant.parse("2026-03-04T21:00:00Z");
    assertThat(budget.spent(now)).as("70 of them were in the hour of 20").isEqualTo(5);
    AdmissionController other = desk(stored, "[ { limit_tokens: 100, per: rolling_day } ]", "[]");
    assertThat(other.budgets().all().getFirst().spent(now))
        .as("the file does not say when: as if just now")
        .isEqualTo(75);
    assertThat(controller.budgets().rebuild((_, _, _) -> null)).isFalse();
  }

  @Test
  void requestOverTheHour_isNotCountedTwice_whenTheRecordHasItEarlier() {
    now = Instant.parse("2026-03-04T10:59:59Z");
    Instant began = now;
    AdmissionController controller =
        desk(Map.of(), "[ { limit_tokens: 100, per: rolling_day } ]", "[]");
    Admission over = in(controller, 30, 0);
    now = Instant.parse("2026-03-04T11:00:01Z");
    over.end(30, 0);
    controller.budgets().rebuild((_, _, since) -> since.isAfter(began) ? 0L : 30L);
    assertThat(controller.budgets().all().getFirst().spent(now)).isEqualTo(30);
    controller.budgets().rebuild((_, _, since) -> since.isAfter(began) ? 0L : 45L);
    assertThat(controller.budgets().all().getFirst().spent(now))
        .as("others spent 15")
        .isEqualTo(45);
  }

  @Test
  void anyOrder_keepsSpentReservedAndAvailableTogether() {
    Cases.each(
        random -> {
          long limit = 1L + random.nextInt(1000);
          Budget budget =
              new Budget(
                  Owner.team("x"),
                  config("[ { limit_tokens: " + limit + " } ]", "[]")
                      .keys()
                      .getFirst()
                      .budgets()
                      .getFirst(),
                  now);
          List<Budget.Reservation> open = new ArrayList<>();
          long spent = 0;
          for (int i = 0; i < 100; i++) {
            if (random.nextBoolean()) {
              Budget.Reservation reservation = budget.reserve(random.nextInt(50), now);
              if (reservation != null) {
                open.add(reservation);
              }
            } else if (!open.isEmpty()) {
              Budget.Reservation reservation = open.remove(random.nextInt(open.size()));
              long amount = random.nextInt((int) reservation.amount() + 1);
              budget.settle(reservation, amount, now);
              spent += amount;
            }
            long reserved = open.stream().mapToLong(Budget.Reservation::amount).sum();
            assertThat(budget.spent(now)).isEqualTo(spent);
            assertThat(budget.reserved(now)).isEqualTo(reserved);
            assertThat(spent + reserved).isLessThanOrEqualTo(limit);
          }
        });
  }

  @Test
  void windows_beginInTheirZone_andKeepTheirOwnExpenses() {
    AdmissionController controller =
        desk(
            Map.of(),
            "[ { limit_usd: 1, time_zone: Asia/Ho_Chi_Minh }, { limit_usd: 9, per: week }, { limit_usd: 9, per: month }, { limit_usd: 9, per: year } ]",
            "[]");
    assertThat(controller.budgets().all())
        .extracting(budget -> budget.start(now) + " " + budget.end(now))
        .containsExactlyInAnyOrder(
            "2026-03-03T17:00:00Z 2026-03-04T17:00:00Z",
            "2026-03-02T00:00:00Z 2026-03-09T00:00:00Z",
            "2026-03-01T00:00:00Z 2026-04-01T00:00:00Z",
            "2026-01-01T00:00:00Z 2027-01-01T00:00:00Z");
    Admission overMidnight = in(controller, 0, 1_000_000_000);
    now = Instant.parse("2026-03-04T17:00:00Z");
    in(controller, 0, 1_000_000_000).end(0, 5);
    overMidnight.end(0, 1_000_000_000);
    assertThat(controller.budgets().all())
        .extracting(budget -> budget.name() + " " + budget.spent(now))
        .contains(
            "key alice, USD a day in Asia/Ho_Chi_Minh 5",
            "key alice, USD a week in UTC 1000000005");
  }

  @Test
  void absurdAmounts_saturate() {
    AdmissionController controller =
        desk(
            Map.of(),
            "[ { limit_usd: 1, increases: [ { amount: 1000000000, until: 2027-01-01T00:00:00Z }, "
                + "{ amount: 1000000000, until: 2027-01-01T00:00:00Z } ] } ]",
            "[]");
    for (int i = 0; i < 3; i++) {
      in(controller, 0, 1).end(Long.MAX_VALUE, i == 2 ? Long.MAX_VALUE : 1);
    }
    Budget budget = controller.budgets().all().getFirst();
    assertThat(budget.spent(now)).isEqualTo(Long.MAX_VALUE);
    assertThat(ask(controller, 0, 1)).isInstanceOf(Admission.Result.Out.class);
  }

  @Test
  void budgetTakenOutAndPutBack_keepsWhatIsSpent_overARestartToo() {
    AdmissionController before = desk(Map.of(), "[ { limit_usd: 1 } ]", "[]");
    in(before, 0, 1).end(0, 7);
    before.configure(config("[]", "[]"));
    AdmissionController between = desk(before.budgets().snapshot(), "[]", "[]");
    AdmissionController after = desk(between.budgets().snapshot(), "[ { limit_usd: 1 } ]", "[]");
    assertThat(after.budgets().all().getFirst().spent(now)).isEqualTo(7);
  }

  /**
   * However many come at once and whatever they cost, one bound at most is spent over the limit.
   */
  @Test
  void bound_isExceededByOneRequestAtMost() {
    Cases.each(
        random -> {
          AdmissionController controller =
              desk(Map.of(), "[ { reserve: bound, limit_tokens: 1000 } ]", "[]");
          Budget budget = controller.budgets().all().getFirst();
          int largest = 1 + random.nextInt(3000);
          record Held(Admission admission, int bound) {}
          List<Held> open = new ArrayList<>();
          for (int i = 0; i < 300; i++) {
            if (random.nextInt(3) > 0) {
              int bound = random.nextInt(largest + 1);
              if (ask(controller, bound, 0) instanceof Admission.Result.In(Admission admission)) {
                open.add(new Held(admission, bound));
              }
            } else if (!open.isEmpty()) {
              Held over = open.remove(random.nextInt(open.size()));
              over.admission.end(random.nextInt(over.bound + 1), 0);
            }
            assertThat(budget.spent(now)).isLessThanOrEqualTo(1000 + largest);
          }
        });
  }

  @Test
  void bound_letsALoneRequestHaveTheRest_andRefusesOthersMeanwhile() {
    AdmissionController controller =
        desk(Map.of(), "[ { reserve: bound, limit_tokens: 1000 } ]", "[]");
    Budget budget = controller.budgets().all().getFirst();
    Admission large = in(controller, 5000, 0);
    Admission.Result.Out out = (Admission.Result.Out) ask(controller, 1, 0);
    assertThat(out.code()).isEqualTo("budget_reserved");
    assertThat(out.waitNanos()).isBetween(1_000_000_000L, 5_000_000_000L);
    assertThat(budget.refusedSince(now.minusSeconds(1))).as("not spent").isFalse();
    large.end(999, 0);
    in(controller, 5000, 0).end(1, 0);
    Admission.Result.Out spent = (Admission.Result.Out) ask(controller, 1, 0);
    assertThat(spent.code()).isEqualTo("budget_exceeded");
    assertThat(budget.refusedSince(now.minusSeconds(1))).isTrue();
  }

  @Test
  void clockThatWasFarAhead_losesNothing_andShutsNobodyOut() {
    for (String per : List.of("day", "week", "month", "rolling_day", "rolling_month")) {
      now = Instant.parse("2026-03-04T12:00:00Z");
      AdmissionController controller =
          desk(Map.of(), "[ { limit_tokens: 100, per: " + per + " } ]", "[]");
      Budget budget = controller.budgets().all().getFirst();
      in(controller, 60, 0).end(60, 0);
      now = now.plusSeconds(400L * 86_400);
      in(controller, 30, 0).end(30, 0);
      now = now.minusSeconds(400L * 86_400);
      assertThat(budget.spent(now)).as(per).isBetween(30L, 100L);
      assertThat(budget.start(now)).as(per).isBefore(now);
      assertThat(budget.end(now)).as(per).isAfter(now);
      in(controller, 1, 0).end(1, 0);
      now = budget.end(now).plusSeconds(40L * 86_400);
      assertThat(ask(controller, 100, 0)).as(per).isInstanceOf(Admission.Result.In.class);
    }
  }

  @Test
  void clockThatGoesBack_opensNoOldWindow() {
    AdmissionController controller = desk(Map.of(), "[ { limit_usd: 1 } ]", "[]");
    in(controller, 0, 1_000_000_000).end(0, 1_000_000_000);
    now = now.minusSeconds(86_400);
    assertThat(ask(controller, 0, 1)).isInstanceOf(Admission.Result.Out.class);
  }

  /** What a removed key spent is kept while its window may last, and not for ever. */
  @Test
  void budgetOfARemovedKey_isForgottenInTheEnd() {
    AdmissionController before = desk(Map.of(), "[ { limit_usd: 1 } ]", "[]");
    in(before, 0, 1).end(0, 7);
    AdmissionController without = desk(before.budgets().snapshot(), "[]", "[]");
    assertThat(without.budgets().snapshot()).hasSize(1);
    now = now.plusSeconds(401L * 86_400);
    assertThat(without.budgets().snapshot()).isEmpty();
  }

  @Test
  void restart_freesReservations_andKeepsWhatIsSpentInTheSameWindow() {
    AdmissionController before = desk(Map.of(), "[ { limit_usd: 1 } ]", "[]");
    in(before, 0, 300_000_000).end(0, 300_000_000);
    in(before, 0, 500_000_000);
    Map<String, Object> stored = before.budgets().snapshot();
    Budget after = desk(stored, "[ { limit_usd: 1 } ]", "[]").budgets().all().getFirst();
    assertThat(after.spent(now)).isEqualTo(300_000_000);
    assertThat(after.reserved(now)).isZero();
    now = now.plusSeconds(86_400);
    Budget later = desk(stored, "[ { limit_usd: 1 } ]", "[]").budgets().all().getFirst();
    assertThat(later.spent(now)).isZero();
    Budget other =
        desk(Map.of("key alice, USD a day in UTC", "x"), "[ { limit_usd: 1 } ]", "[]")
            .budgets()
            .all()
            .getFirst();
    assertThat(other.spent(now)).isZero();
  }

  @Test
  void increases_endWhenTheySay_andReloadsKeepWhatIsSpent() {
    String more = "[ { limit_usd: 1, increases: [ { amount: 2, until: 2026-03-04T13:00:00Z } ] } ]";
    AdmissionController controller = desk(Map.of(), more, "[]");
    in(controller, 0, 3_000_000_000L).end(0, 500_000_000);
    Budget budget = controller.budgets().all().getFirst();
    now = Instant.parse("2026-03-04T13:00:00Z");
    assertThat(budget.limit(now)).isEqualTo(1_000_000_000);
    controller.configure(config("[ { limit_usd: 5 } ]", "[]"));
    assertThat(budget.spent(now)).isEqualTo(500_000_000);
    assertThat(budget.limit(now)).isEqualTo(5_000_000_000L);
  }

  @Test
  void mistakes_areReportedWithTheirPlace() {
    assertThat(
            ConfigLoader.parse(
                Configs.THREE.replace("STRATEGY", "priority")
                    + """
                    teams:
                      a: { budgets: [ { per: day }, { limit_usd: 1, limit_tokens: 1 } ] }
                      b: { budgets: [ { limit_usd: 1, time_zone: Mars/One }, { limit_usd: 1, increases: [ { amount: 1, until: 2026-13-01T00:00:00Z } ] } ] }
                      c: { budgets: [ { limit_usd: 1 }, { limit_usd: 2 } ] }
                    """))
        .isInstanceOfSatisfying(
            Loaded.Broken.class,
            broken ->
                assertThat(broken.problems())
                    .extracting(Problem::toString)
                    .anySatisfy(p -> assertThat(p).startsWith("teams.a.budgets[0]: no limit"))
                    .anySatisfy(p -> assertThat(p).startsWith("teams.a.budgets[1]: both limits"))
                    .anySatisfy(p -> assertThat(p).startsWith("teams.b.budgets[0].time_zone"))
                    .anySatisfy(
                        p -> assertThat(p).startsWith("teams.b.budgets[1].increases[0].until"))
                    .anySatisfy(p -> assertThat(p).startsWith("teams.c.budgets[1]: the same unit"))
                    .hasSize(5));
  }
}
