package dev.drover.credential.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenewedTest {
  private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");
  private final AtomicReference<Instant> clock = new AtomicReference<>(START);
  private final BlockingQueue<Boolean> renewals = new LinkedBlockingQueue<>();

  private static Issued<String> until(int seconds) {
    return new Issued<>("token", START.plusSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({
    // life, life of the one before, chance, pause: all in seconds
    "3600,,0,2880",
    "3600,,1,2592",
    "3600,1800,0,2880",
    "1,,0,1",
    "0,,0,1",
    // the same again: half of what is left
    "600,600,0.5,300",
    "100,100,0,50",
    "40,40,0,30",
    "10,10,1,30",
  })
  void credential_isAskedForAgain_at80PercentOfItsLife(
      int life, @Nullable Integer before, double chance, int pause) {
    assertThat(
            Schedule.afterSuccess(
                until(life), before == null ? null : until(before), START, chance))
        .isEqualTo(Duration.ofSeconds(pause));
  }

  @Test
  void credentialWithoutEnd_isLookedAtEveryFiveMinutes() {
    assertThat(Schedule.afterSuccess(new Issued<>("x", null), null, START, 0.5))
        .isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void failures_waitLongerAndLonger_aMinuteAtMost() {
    for (int failures = 1; failures < 80; failures++) {
      double longest = Math.min(60, Math.pow(2, failures - 1.0));
      assertThat(Schedule.afterFailures(failures, 1).toMillis() / 1e3).isEqualTo(longest);
      assertThat(Schedule.afterFailures(failures, 0).toMillis() / 1e3).isEqualTo(longest / 2);
    }
  }

  @Test
  void credential_servesUntilItsEnd_andNoLonger() throws Exception {
    try (Renewed<String> renewed = renewed(() -> until(60))) {
      assertThat(renewals.poll(10, TimeUnit.SECONDS)).isTrue();
      assertThat(renewed.value()).isEqualTo("token");
      assertThat(renewed.secondsLeft()).isEqualTo(60);
      clock.set(START.plusMillis(59_999));
      assertThat(renewed.value()).isEqualTo("token");
      clock.set(START.plusSeconds(60));
      assertThat(renewed.value()).isNull();
      assertThat(renewed.secondsLeft()).isZero();
    }
  }

  @Test
  void readers_neverWait_forAnIssuerThatDoesNotAnswer() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    try (Renewed<String> renewed =
        renewed(
            () -> {
              asked.countDown();
              never.await();
              return until(60);
            })) {
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(renewed.value()).isNull();
      assertThat(renewed.secondsLeft()).isZero();
    }
  }

  @Test
  void issuerThatFails_isAskedAgain_andTheTimeIsTold() throws Exception {
    List<Integer> asked = Collections.synchronizedList(new ArrayList<>());
    try (Renewed<String> renewed =
        renewed(
            () -> {
              asked.add(1);
              if (asked.size() < 3) {
                throw new IOException("canary");
              }
              return until(600);
            })) {
      assertThat(renewals.poll(10, TimeUnit.SECONDS)).isFalse();
      clock.set(START.plusSeconds(7));
      assertThat(renewals.poll(10, TimeUnit.SECONDS)).isFalse();
      assertThat(renewed.failingSeconds()).isEqualTo(7);
      assertThat(renewed.value()).isNull();
      assertThat(renewals.poll(10, TimeUnit.SECONDS)).isTrue();
      assertThat(renewed.failingSeconds()).isZero();
      assertThat(renewed.value()).isEqualTo("token");
    }
  }

  @Test
  void credentialThatHasEndedAlready_isNone() throws Exception {
    try (Renewed<String> renewed = renewed(() -> until(0))) {
      assertThat(renewals.poll(10, TimeUnit.SECONDS)).isFalse();
      assertThat(renewed.value()).isNull();
    }
  }

  @Test
  void rejectedCredential_isReplaced_atMostEvery30Seconds() throws Exception {
    try (Renewed<String> renewed = renewed(() -> until(3600))) {
      assertThat(renewals.poll(10, TimeUnit.SECONDS)).isTrue();
      clock.set(START.plusSeconds(29));
      renewed.rejected(null);
      assertThat(renewals.poll(200, TimeUnit.MILLISECONDS)).isNull();
      clock.set(START.plusSeconds(30));
      renewed.rejected(null);
      assertThat(renewals.poll(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void causes_repeatNothingThatAnIssuerSaid() {
    assertThat(Causes.of(new IOException("canary", new IllegalStateException("canary"))))
        .isEqualTo("IllegalStateException");
    assertThat(Causes.of(new RuntimeException("canary", new ConnectException("canary"))))
        .isEqualTo("no connection to the issuer");
  }

  private Renewed<String> renewed(Issuer<String> issuer) {
    return new Renewed<>("test", issuer, clock::get, renewals::add);
  }
}
