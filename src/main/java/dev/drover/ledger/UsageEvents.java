package dev.drover.ledger;

import dev.drover.record.ExchangeRecord;
import dev.drover.record.ShadowRecord;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import dev.drover.usage.v1.Attempt;
import dev.drover.usage.v1.EventKind;
import dev.drover.usage.v1.TokenUsage;
import dev.drover.usage.v1.UsageEvent;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes what happened as the events that are stored. */
final class UsageEvents {
  /** A million dollars, for one exchange. */
  private static final long MOST_NANO_USD = 1_000_000_000_000_000L;

  private UsageEvents() {}

  static UsageEvent of(ExchangeRecord record) {
    ExchangeRecord.Asked asked = record.asked();
    UsageEvent.Builder event =
        UsageEvent.newBuilder()
            .setId(record.id())
            .setKind(EventKind.EVENT_KIND_EXCHANGE)
            .setStartedMicros(micros(record.timing().started()))
            .setKeyId(asked.caller().identity())
            .setTeam(asked.caller().team())
            .setProject(asked.caller().project())
            .putAllTags(asked.tags())
            .setOperation(asked.operation())
            .setModel(text(asked.model()))
            .setStream(asked.stream())
            .setTask(text(asked.task()))
            .setPolicy(text(asked.policy()))
            .setTarget(text(record.target()))
            .setProviderModel(text(record.providerModel()))
            .setEnding(record.ending().label())
            .setStatus(record.status())
            .setCode(text(record.code()))
            .setCache(record.cached().result())
            .setSavedNanoUsd(nanos(record.cached().saved()))
            .setUsage(usage(record.usage()))
            .setCostNanoUsd(nanos(record.cost()))
            .setChargedTokens(record.charged().tokens())
            .setChargedNanoUsd(nanos(record.charged().cost()))
            .setDurationMicros(micros(record.timing().durationNanos()))
            .setFirstByteMicros(micros(record.timing().firstByteNanos()));
    record.attempts().forEach(attempt -> event.addAttempts(attempt(attempt)));
    return event.build();
  }

  /** The copy's side; that of the client has an event of its own. */
  static UsageEvent of(ShadowRecord record) {
    ShadowRecord.Side shadow = record.shadow();
    return UsageEvent.newBuilder()
        .setId(record.exchange() + "/shadow")
        .setKind(EventKind.EVENT_KIND_SHADOW)
        .setStartedMicros(micros(record.started()))
        .setModel(record.model())
        .setTarget(text(shadow.target()))
        .setEnding(shadow.ending().label())
        .setStatus(shadow.status())
        .setUsage(usage(shadow.usage()))
        .setCostNanoUsd(nanos(shadow.cost()))
        .setDurationMicros(micros(shadow.totalNanos()))
        .setFirstByteMicros(-1)
        .build();
  }

  static UsageEvent probe(String id, Instant at, String target, Usage usage, NanoDollars cost) {
    return UsageEvent.newBuilder()
        .setId(id)
        .setKind(EventKind.EVENT_KIND_PROBE)
        .setStartedMicros(micros(at))
        .setTarget(target)
        .setUsage(usage(usage))
        .setCostNanoUsd(nanos(cost))
        .setFirstByteMicros(-1)
        .build();
  }

  private static Attempt attempt(ExchangeRecord.AttemptRecord attempt) {
    return Attempt.newBuilder()
        .setTarget(attempt.target())
        .setOutcome(attempt.outcome().label())
        .setStatus(attempt.status())
        .setLatencyMicros(micros(attempt.latencyNanos()))
        .setUsage(usage(attempt.usage()))
        .setCostNanoUsd(nanos(attempt.cost()))
        .build();
  }

  private static TokenUsage usage(Usage usage) {
    return TokenUsage.newBuilder()
        .setStatus(usage.status().label())
        .setInput(usage.input())
        .setCachedInput(usage.cachedInput())
        .setCacheWrite5M(usage.cacheWrite5m())
        .setCacheWrite1H(usage.cacheWrite1h())
        .setOutput(usage.output())
        .setReasoning(usage.reasoning())
        .setProviderTotal(usage.providerTotal())
        .build();
  }

  /** Sums of days must not overflow because a provider states absurd counts. */
  private static long nanos(NanoDollars amount) {
    return Math.clamp(amount.value(), 0, MOST_NANO_USD);
  }

  private static long micros(Instant time) {
    return TimeUnit.SECONDS.toMicros(time.getEpochSecond()) + time.getNano() / 1_000;
  }

  private static long micros(long nanos) {
    return nanos < 0 ? -1 : nanos / 1_000;
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
