package dev.drover.state.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.drover.record.Outcome;
import dev.drover.testing.Cases;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BreakerTest {
  private static final List<Outcome> OUTCOMES = List.of(Outcome.values());
  private static final HealthSettings SETTINGS =
      HealthSettings.compile(Configs.three("priority").health());

  private final FakeTicker time = new FakeTicker();
  private TargetHealth health = new TargetHealth("t", SETTINGS, time);

  private void attempts(int count, Outcome outcome) {
    for (int i = 0; i < count; i++) {
      health.begin(-1).finish(outcome, 1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200,SUCCESS",
    "204,SUCCESS",
    "301,FAILURE",
    "304,FAILURE",
    "400,CALLER_FAULT",
    "401,CREDENTIAL_REJECTED",
    "403,CREDENTIAL_REJECTED",
    "408,TIMEOUT",
    "422,CALLER_FAULT",
    "429,THROTTLED",
    "500,FAILURE",
    "504,TIMEOUT",
    "529,FAILURE"
  })
  void statuses_meanOutcomes(int status, Outcome outcome) {
    assertThat(SETTINGS.outcome(status)).isEqualTo(outcome);
  }

  private Breaker.Kind kind() {
    return health.breaker().kind(time.nanos());
  }

  @Test
  void targetThatIsOutrunAgainAndAgain_countsAsSilent() {
    attempts(14, Outcome.OUTRUN);
    assertThat(kind()).isEqualTo(Breaker.Kind.CLOSED);
    attempts(1, Outcome.OUTRUN);
    assertThat(kind()).isEqualTo(Breaker.Kind.OPEN);
  }

  @Test
  void answerNowAndThen_keepsAnOutrunTargetIn() {
    for (int i = 0; i < 20; i++) {
      attempts(9, Outcome.OUTRUN);
      attempts(1, Outcome.SUCCESS);
    }
    assertThat(kind()).isEqualTo(Breaker.Kind.CLOSED);
  }

  @Test
  void probes_countLikeTraffic_andEndTheOpenPeriod() {
    for (int i = 0; i < 20; i++) {
      health.probed(Outcome.FAILURE, time.nanos());
      health.probed(Outcome.SUCCESS, time.nanos());
      if (i == 3) {
        assertThat(kind()).as("never in a row").isEqualTo(Breaker.Kind.CLOSED);
        break;
      }
    }
    for (int i = 0; i < 5; i++) {
      health.probed(Outcome.FAILURE, time.nanos());
    }
    assertThat(kind()).isEqualTo(Breaker.Kind.OPEN);
    health.probed(Outcome.FAILURE, time.nanos());
    assertThat(kind()).isEqualTo(Breaker.Kind.OPEN);
    health.probed(Outcome.SUCCESS, time.nanos());
    assertThat(kind()).isEqualTo(Breaker.Kind.HALF_OPEN);
  }

  @Test
  void overdueAttempts_slowTheTargetDown_untilTheyHaveAnswered() {
    long second = Duration.ofSeconds(1).toNanos();
    List<Permit> permits = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      permits.add(health.begin(second));
    }
    time.advance(Duration.ofSeconds(1));
    assertThat(health.slowdown(time.nanos())).isEqualTo(1);
    time.advance(Duration.ofSeconds(4));
    assertThat(health.slowdown(time.nanos())).isCloseTo(0.1 + 0.9 * 2 * 5, within(1e-9));
    time.advance(Duration.ofHours(1));
    assertThat(health.slowdown(time.nanos())).isLessThan(40);
    permits.forEach(Permit::answered);
    time.advance(Duration.ofSeconds(1));
    assertThat(health.slowdown(time.nanos())).isEqualTo(1);
  }

  @Test
  void opens_afterFiveFailuresInARow() {
    attempts(4, Outcome.FAILURE);
    assertThat(kind()).isEqualTo(Breaker.Kind.CLOSED);
    attempts(1, Outcome.TIMEOUT);
    assertThat(kind()).isEqualTo(Breaker.Kind.OPEN);
    assertThat(health.breaker().available(time.nanos())).isFalse();
  }

  @Test
  void opens_atHalfOfTenInTheWindow() {
    for (int i = 0; i < 5; i++) {
      attempts(1, Outcome.SUCCESS);
      attempts(1, Outcome.FAILURE);
    }
    assertThat(kind()).isEqualTo(Breaker.Kind.OPEN);
  }

  @Test
  void staysClosed_whenFailuresAreOld() {
    for (int i = 0; i < 9; i++) {
      attempts(i % 2, Outcome.FAILURE);
      attempts(1, Outcome.SUCCESS);
    }
    time.advance(Duration.ofMinutes(2));
    attempts(4, Outcome.FAILURE);
    assertThat(kind()).isEqualTo(Breaker.Kind.CLOSED);
  }

  @Test
  void throttlingCallerFaultsAndCancels_sayNothingAboutHealth() {
    attempts(50, Outcome.THROTTLED);
    attempts(50, Outcome.CALLER_FAULT);
    attempts(50, Outcome.CANCELLED);
    assertThat(kind()).isEqualTo(Breaker.Kind.CLOSED);
    assertThat(health.breaker().failedShare(time.nanos())).isZero();
  }

  @Test
  void halfOpen_letsOneTrialThrough() {
    attempts(5, Outcome.FAILURE);
    time.advance(Duration.ofSeconds(60));
    assertThat(kind()).isEqualTo(Breaker.Kind.HALF_OPEN);
    assertThat(health.breaker().claim(time.nanos())).isTrue();
    assertThat(health.breaker().claim(time.nanos())).isFalse();
    attempts(1, Outcome.SUCCESS);
    assertThat(kind()).isEqualTo(Breaker.Kind.CLOSED);
  }

  @Test
  void failedTrial_doublesTheOpenTime_upToTenMinutes() {
    attempts(5, Outcome.FAILURE);
    for (int minutes : new int[] {2, 4, 8, 10, 10}) {
      time.advance(Duration.ofNanos(health.breaker().nanosToTrial(time.nanos())));
      assertThat(health.breaker().claim(time.nanos())).isTrue();
      attempts(1, Outcome.FAILURE);
      assertThat(health.breaker().nanosToTrial(time.nanos()))
          .isEqualTo(Duration.ofMinutes(minutes).toNanos());
    }
  }

  @Test
  void trialThatNeverReports_isGivenUp() {
    attempts(5, Outcome.FAILURE);
    time.advance(Duration.ofSeconds(60));
    health.breaker().claim(time.nanos());
    time.advance(Duration.ofSeconds(60));
    assertThat(health.breaker().claim(time.nanos())).isTrue();
  }

  @Test
  void lateResult_ofAnOlderGeneration_changesNothing() {
    Permit late = health.begin(-1);
    attempts(5, Outcome.FAILURE);
    late.finish(Outcome.SUCCESS, 1);
    assertThat(kind()).isEqualTo(Breaker.Kind.OPEN);
  }

  @Test
  void permit_isFinishedOnce() {
    Permit permit = health.begin(-1);
    assertThat(health.inFlight()).isEqualTo(1);
    assertThat(permit.finish(Outcome.SUCCESS, 1)).isTrue();
    assertThat(permit.finish(Outcome.FAILURE, 1)).isFalse();
    assertThat(health.inFlight()).isZero();
    assertThat(health.count(Outcome.FAILURE)).isZero();
  }

  @Test
  void anyOrderOfOutcomes_leavesALegalState() {
    Cases.each(
        random -> {
          FakeTicker clock = new FakeTicker();
          TargetHealth target = new TargetHealth("t", SETTINGS, clock);
          for (int i = random.nextInt(60); i > 0; i--) {
            clock.advance(Duration.ofSeconds(random.nextInt(40)));
            Permit permit = target.begin(-1);
            permit.finish(OUTCOMES.get(random.nextInt(OUTCOMES.size())), random.nextInt(1000));
            Breaker breaker = target.breaker();
            boolean open = breaker.kind(clock.nanos()) == Breaker.Kind.OPEN;
            assertThat(breaker.available(clock.nanos())).isNotEqualTo(open);
            assertThat(breaker.nanosToTrial(clock.nanos()))
                .isBetween(0L, SETTINGS.breaker().openAtMostNanos());
            assertThat(breaker.failedShare(clock.nanos())).isBetween(0.0, 1.0);
          }
          assertThat(target.inFlight()).isZero();
        });
  }

  @Test
  void coolDown_lastsAsLongAsAsked_orAsConfigured() {
    health.cool(-1);
    assertThat(health.coolingNanos(time.nanos())).isEqualTo(Duration.ofSeconds(5).toNanos());
    health.cool(Duration.ofSeconds(30).toNanos());
    health.cool(Duration.ofSeconds(2).toNanos());
    assertThat(health.coolingNanos(time.nanos())).isEqualTo(Duration.ofSeconds(30).toNanos());
    time.advance(Duration.ofSeconds(31));
    assertThat(health.coolingNanos(time.nanos())).isZero();
  }

  @Test
  void percentiles_areNearestRank() {
    for (int i = 1; i <= 100; i++) {
      health.begin(-1).finish(Outcome.SUCCESS, i);
    }
    assertThat(health.latencies().summary())
        .isEqualTo(new Latencies.Summary(100, 50, 50, 95, 99, 100));
  }

  private void by(String caller, Outcome outcome, boolean answered) {
    Permit permit = health.begin(-1, caller);
    if (answered) {
      permit.answered();
    }
    permit.finish(outcome, answered ? 1 : -1);
  }

  /** One caller whose requests make a provider fail takes the target from nobody else. */
  @Test
  void failuresOfOneCaller_openNothing_whileOthersUseTheTarget() {
    by("bob", Outcome.SUCCESS, true);
    for (int i = 0; i < 100; i++) {
      by("alice", Outcome.FAILURE, true);
    }
    assertThat(kind()).isEqualTo(Breaker.Kind.CLOSED);
    for (int i = 0; i < 5; i++) {
      by("bob", Outcome.FAILURE, true);
    }
    assertThat(kind()).as("a second caller has seen it fail").isEqualTo(Breaker.Kind.OPEN);
  }

  @Test
  void failuresOfOneCaller_open_whenNobodyElseUsesTheTarget_orNothingWasAnswered() {
    for (int i = 0; i < 5; i++) {
      by("alice", Outcome.FAILURE, true);
    }
    assertThat(kind()).isEqualTo(Breaker.Kind.OPEN);
    TargetHealth before = health;
    health = new TargetHealth("other", before.settings(), time);
    by("bob", Outcome.SUCCESS, true);
    for (int i = 0; i < 5; i++) {
      by("alice", Outcome.TIMEOUT, false);
    }
    assertThat(kind()).as("time-outs before the first byte").isEqualTo(Breaker.Kind.OPEN);
  }

  @Test
  void failedProbe_isASecondWitness() {
    by("bob", Outcome.SUCCESS, true);
    health.probed(Outcome.FAILURE, time.nanos());
    for (int i = 0; i < 4; i++) {
      by("alice", Outcome.FAILURE, true);
    }
    assertThat(kind()).isEqualTo(Breaker.Kind.OPEN);
  }
}
