package dev.drover.exchange.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.catalog.Target;
import dev.drover.record.ExchangeRecord.AttemptRecord;
import dev.drover.record.Outcome;
import dev.drover.state.health.HealthSettings;
import dev.drover.state.health.ResponseTimes;
import dev.drover.state.health.TargetHealth;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An attempt that is read on one thread while it ends on another. Every look at the clock is a
 * point where the other thread may come in between, so the test reads the record at each of them.
 */
class AttemptTest {
  private static final Target TARGET =
      Objects.requireNonNull(Configs.catalog(Configs.three("priority")).target("a"));

  private final FakeTicker time = new FakeTicker();
  private final List<AttemptRecord> seen = new ArrayList<>();
  private Consumer<Attempt> between = _ -> {};
  private final Attempt attempt = attempt();

  private Attempt attempt() {
    HealthSettings settings = HealthSettings.compile(Configs.three("priority").health());
    TargetHealth health = new TargetHealth("a", settings, time);
    return new Attempt(
        TARGET, health.begin(ResponseTimes.UNSEEN), health, this::nanos, Attempt.NOBODY);
  }

  private long nanos() {
    if (attempt != null) { // the clock is read once before there is one
      Consumer<Attempt> other = between;
      between = _ -> {};
      other.accept(attempt);
      between = other;
    }
    return time.nanos();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SUCCESS", "CANCELLED", "TIMEOUT", "FAILURE"})
  void recordReadWhileItEnds_hasNoOutcomeWithoutItsEnd(String outcome) {
    time.advance(Duration.ofSeconds(2));
    long begun = attempt.startNanos();
    between = other -> seen.add(other.toRecord(begun));
    if (outcome.equals("FAILURE")) {
      attempt.answered(500, -1);
    } else {
      attempt.finish(Outcome.valueOf(outcome));
    }
    between = _ -> {};
    seen.add(attempt.toRecord(begun));
    assertThat(seen).hasSizeGreaterThan(1);
    assertThat(seen)
        .allMatch(each -> each.course().durationNanos() == Duration.ofSeconds(2).toNanos());
    assertThat(seen.getLast().outcome()).isEqualTo(Outcome.valueOf(outcome));
  }
}
