package dev.drover.state.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.record.Outcome;
import dev.drover.state.rollout.RolloutState.Status;
import dev.drover.testing.Cases;
import dev.drover.testing.Configs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RolloutTest {
  private static final List<Outcome> OUTCOMES = List.of(Outcome.values());
  private static final long FAST = Duration.ofMillis(100).toNanos();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final List<String> changes = new ArrayList<>();

  private static GatewayConfig config(String rollout) {
    return Configs.load(
        Configs.THREE.replace(
            "[a, b, c], strategy: STRATEGY", "[a, b, c], rollout: { target: b" + rollout + " }"));
  }

  private Rollouts rollouts(Map<String, Object> stored, String more) {
    Rollouts rollouts =
        new Rollouts(
            stored,
            () -> now,
            (_, _, state) -> changes.add(state.status().label() + " " + state.stage()));
    rollouts.configure(config(more));
    return rollouts;
  }

  private static Rollout chat(Rollouts rollouts) {
    return Objects.requireNonNull(rollouts.of("chat"));
  }

  private Rollout rollout(String more) {
    return chat(rollouts(Map.of(), more));
  }

  private static void good(Rollout rollout, int count) {
    for (int i = 0; i < count; i++) {
      rollout.report(Outcome.SUCCESS, FAST);
    }
  }

  private static Set<String> in(Rollout rollout) {
    Set<String> in = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      if (rollout.includes("session-" + i)) {
        in.add("session-" + i);
      }
    }
    return in;
  }

  private void stagePasses(Rollout rollout) {
    now = now.plus(Duration.ofMinutes(10));
    good(rollout, 100);
  }

  @Test
  void stages_followEachOther_andWhoIsInStaysIn() {
    Rollout rollout = rollout("");
    Set<String> before = Set.of();
    for (int percent : new int[] {5, 15, 30, 50, 100}) {
      assertThat(rollout.percent()).isEqualTo(percent);
      Set<String> in = in(rollout);
      assertThat(in.size() / 100.0).isBetween(percent - 1.0, percent + 1.0);
      assertThat(in).containsAll(before);
      good(rollout, 50);
      assertThat(in(rollout)).as("within a stage nobody changes side").isEqualTo(in);
      before = in;
      stagePasses(rollout);
    }
    assertThat(rollout.state().status()).isEqualTo(Status.DONE);
    assertThat(changes)
        .containsExactly("running 1", "running 2", "running 3", "running 4", "done 4");
  }

  @Test
  void stage_endsNeitherBeforeItsTime_norBeforeItsRequests() {
    Rollout rollout = rollout("");
    good(rollout, 1000);
    assertThat(rollout.percent()).isEqualTo(5);
    now = now.plus(Duration.ofMinutes(11));
    Rollout other = rollout("");
    now = now.plus(Duration.ofMinutes(11));
    good(other, 99);
    assertThat(other.percent()).isEqualTo(5);
    good(other, 1);
    assertThat(other.percent()).isEqualTo(15);
  }

  @Test
  void sixPercentErrors_rollBackWithinAHundredRequests_atOnceForEverybody() {
    Rollout rollout = rollout("");
    for (int i = 1; i <= 100; i++) {
      rollout.report(i % 17 == 0 ? Outcome.FAILURE : Outcome.SUCCESS, FAST);
    }
    assertThat(rollout.state().status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(rollout.state().reason()).startsWith("errors: 3 of 51");
    assertThat(rollout.percent()).isZero();
    assertThat(in(rollout)).isEmpty();
    good(rollout, 1000);
    assertThat(rollout.percent()).isZero();
  }

  @Test
  void slowness_andTimeouts_closeTheGatesToo() {
    Rollout slow = rollout("");
    for (int i = 0; i < 3; i++) {
      slow.report(Outcome.SUCCESS, Duration.ofMillis(501).toNanos());
    }
    assertThat(slow.state().reason()).startsWith("P99: 3 of 3");
    Rollout late = rollout(", max_error_rate: 1");
    for (int i = 0; i < 94; i++) {
      late.report(Outcome.SUCCESS, FAST);
    }
    for (int i = 0; i < 5; i++) {
      late.report(Outcome.TIMEOUT, -1);
    }
    assertThat(late.state().status()).isEqualTo(Status.RUNNING);
    late.report(Outcome.TIMEOUT, -1);
    assertThat(late.state().reason()).isEqualTo("timeouts: 6 of the last 100 attempts");
  }

  @Test
  void oldTimeouts_areForgotten() {
    Rollout rollout = rollout(", max_error_rate: 1");
    for (int round = 0; round < 10; round++) {
      for (int i = 0; i < 5; i++) {
        rollout.report(Outcome.TIMEOUT, -1);
      }
      good(rollout, 95);
      assertThat(rollout.state().recentTimeouts()).isEqualTo(5);
    }
    assertThat(rollout.percent()).isPositive();
  }

  @Test
  void whatSaysNothingOfTheTarget_isNotCounted() {
    Rollout rollout = rollout("");
    rollout.report(Outcome.CANCELLED, -1);
    rollout.report(Outcome.CALLER_FAULT, FAST);
    assertThat(rollout.state().requests()).isZero();
  }

  @Test
  void byHand_itWaits_pauses_goesOn_andBack() {
    Rollout rollout = rollout(", promote: manual, stages: [10, 25, 50, 100]");
    stagePasses(rollout);
    assertThat(rollout.state().status()).isEqualTo(Status.WAITING);
    assertThat(rollout.percent()).isEqualTo(10);
    rollout.command(Rollout.Command.PROMOTE);
    assertThat(rollout.percent()).isEqualTo(25);
    rollout.command(Rollout.Command.PAUSE);
    stagePasses(rollout);
    assertThat(rollout.state().status()).isEqualTo(Status.PAUSED);
    assertThatThrownBy(() -> rollout.command(Rollout.Command.PAUSE))
        .hasMessage("rollout of model chat: paused, so it cannot pause");
    rollout.command(Rollout.Command.RESUME);
    rollout.command(Rollout.Command.ROLLBACK);
    assertThat(rollout.percent()).isZero();
    assertThatThrownBy(() -> rollout.command(Rollout.Command.PROMOTE))
        .hasMessageContaining("rolled_back");
    rollout.command(Rollout.Command.RESTART);
    assertThat(rollout.percent()).isEqualTo(10);
  }

  @Test
  void snapshot_bringsItBack() {
    Rollouts first = rollouts(Map.of(), "");
    stagePasses(chat(first));
    chat(first).report(Outcome.TIMEOUT, -1);
    Rollouts second = rollouts(first.snapshot(), "");
    assertThat(chat(second).state()).isEqualTo(chat(first).state());
    Rollouts otherTarget = rollouts(first.snapshot(), "");
    otherTarget.configure(
        Configs.load(
            Configs.THREE.replace(
                "[a, b, c], strategy: STRATEGY", "[a, b, c], rollout: { target: c }")));
    assertThat(chat(otherTarget).state().stage()).isZero();
  }

  @Test
  void reload_keepsTheState_andFitsIt() {
    Rollouts rollouts = rollouts(Map.of(), "");
    stagePasses(chat(rollouts));
    stagePasses(chat(rollouts));
    rollouts.configure(config(", stages: [40, 100], max_p99: 1s"));
    assertThat(chat(rollouts).percent()).isEqualTo(100);
    rollouts.configure(Configs.three("priority"));
    assertThat(rollouts.of("chat")).isNull();
  }

  @Test
  void rolledBack_staysSo_whenItIsTakenOutAndPutBack() {
    Rollouts rollouts = rollouts(Map.of(), "");
    chat(rollouts).command(Rollout.Command.ROLLBACK);
    rollouts.configure(Configs.three("priority"));
    rollouts.configure(config(""));
    assertThat(chat(rollouts).state().status()).isEqualTo(Status.ROLLED_BACK);
    Rollouts later = rollouts(rollouts.snapshot(), "");
    assertThat(chat(later).percent()).isZero();
  }

  @Test
  void storedNonsense_beginsAnew() {
    Map<String, Object> stored =
        Map.of("chat -> b", Map.of("status", "flying"), "other", "text", "chat -> c", 7);
    assertThat(chat(rollouts(stored, "")).percent()).isEqualTo(5);
  }

  @Test
  void outrunAttempts_thatAreLate_countAsSlow() {
    Rollout rollout = rollout("");
    for (int i = 0; i < 3; i++) {
      rollout.report(Outcome.OUTRUN, Duration.ofMillis(600).toNanos());
    }
    rollout.report(Outcome.OUTRUN, FAST);
    assertThat(rollout.state().reason()).startsWith("P99: 3 of 3");
  }

  @Test
  void waiting_goesOn_whenTheConfigTurnsToAutomatic() {
    Rollouts rollouts = rollouts(Map.of(), ", promote: manual");
    stagePasses(chat(rollouts));
    rollouts.configure(config(""));
    good(chat(rollouts), 1);
    assertThat(chat(rollouts).percent()).isEqualTo(15);
  }

  @Test
  void anyOrderOfEvents_leavesALegalState() {
    Cases.each(
        random -> {
          Rollout rollout = rollout("");
          int before = rollout.percent();
          for (int i = 0; i < 300; i++) {
            now = now.plusSeconds(random.nextInt(60));
            Outcome outcome = OUTCOMES.get(random.nextInt(OUTCOMES.size()));
            rollout.report(random.nextInt(50) == 0 ? outcome : Outcome.SUCCESS, FAST);
            int percent = rollout.percent();
            assertThat(percent == 0 || percent >= before).isTrue();
            before = percent;
          }
        });
  }
}
