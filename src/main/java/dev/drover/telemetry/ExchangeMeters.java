package dev.drover.telemetry;

import dev.drover.record.Ending;
import dev.drover.record.ExchangeListener;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.ShadowRecord;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Moves the meters for each finished exchange. Thread-safe. Label values are names from the config
 * or words of ours, never what a client sent, so their number is bounded.
 */
public final class ExchangeMeters implements ExchangeListener {
  private static final String NONE = "none";

  /** A meter with its labels; those that it does not have are empty. */
  private record Key(Meters meter, String first, String second, String third) {
    String[] labels() {
      return Arrays.copyOf(new String[] {first, second, third}, meter.labels().size());
    }
  }

  /**
   * The counters that have been incremented. Kept here because the registry's own look-up builds a
   * meter each time.
   */
  private final Map<Key, Counter> counters = new ConcurrentHashMap<>();

  private final Map<Key, Timer> timers = new ConcurrentHashMap<>();
  private final MeterRegistry registry;
  private final Exemplars exemplars;

  public ExchangeMeters(MeterRegistry registry, Exemplars exemplars) {
    this.registry = registry;
    this.exemplars = exemplars;
  }

  @Override
  public void finished(ExchangeRecord record) {
    exemplars.moving(record.trace(), () -> count(record));
  }

  private void count(ExchangeRecord record) {
    String model = or(record.asked().model());
    String operation = record.asked().operation();
    counter(Meters.EXCHANGES, model, operation, record.ending().label()).increment();
    timer(Meters.DURATION, model, operation)
        .record(Duration.ofNanos(record.timing().durationNanos()));
    if (record.code() != null && record.ending() == Ending.COMPLETE) {
      counter(Meters.FAULTS, or(record.target()), record.code()).increment();
    } else if (record.code() != null) {
      counter(Meters.REFUSALS, record.code()).increment();
    }
    for (ExchangeRecord.AttemptRecord attempt : record.attempts()) {
      counter(Meters.ATTEMPTS, attempt.target(), attempt.outcome().label()).increment();
    }
    money(record, model);
    if (!record.cached().result().isEmpty()) {
      counter(Meters.CACHE, model, record.cached().result()).increment();
      counter(Meters.CACHE_SAVED, model).increment(dollars(record.cached().saved()));
    }
    if (record.target() != null && record.droppedFields() > 0) {
      counter(Meters.DROPPED, model, record.target()).increment(record.droppedFields());
    }
    if (record.target() != null) {
      answered(record, model, record.target());
    }
  }

  @Override
  public void compared(ShadowRecord record) {
    ShadowRecord.Side shadow = record.shadow();
    String target = or(shadow.target());
    counter(Meters.SHADOWS, record.model(), target, record.verdict()).increment();
    counter(Meters.SHADOW_TOKENS, target, "input").increment((double) shadow.usage().input());
    counter(Meters.SHADOW_TOKENS, target, "output").increment((double) shadow.usage().output());
    counter(Meters.SHADOW_COST, target).increment(dollars(shadow.cost()));
    timer(Meters.SHADOW_DURATION, record.model(), "shadow")
        .record(Duration.ofNanos(shadow.totalNanos()));
    timer(Meters.SHADOW_DURATION, record.model(), "primary")
        .record(Duration.ofNanos(record.primary().totalNanos()));
  }

  /**
   * Counts the cost of an exchange. The cost of each attempt, failed ones included, is counted at
   * its target.
   */
  private void money(ExchangeRecord record, String model) {
    long ofAttempts = 0;
    for (ExchangeRecord.AttemptRecord attempt : record.attempts()) {
      ofAttempts += attempt.cost().value();
      counter(Meters.COST, model, attempt.target()).increment(dollars(attempt.cost()));
    }
    NanoDollars all = record.charged().cost();
    if (record.target() != null && all.value() > ofAttempts) { // of no attempt that was seen
      counter(Meters.COST, model, record.target())
          .increment(dollars(new NanoDollars(all.value() - ofAttempts)));
    }
    String team = record.asked().caller().team();
    if (!team.isEmpty()) {
      String shown = record.asked().caller().configured() ? team : "other";
      counter(Meters.TEAM_COST, shown).increment(dollars(all));
    }
    if (record.hedgeCost().value() > 0) {
      counter(Meters.HEDGE_COST, model).increment(dollars(record.hedgeCost()));
    }
  }

  private static double dollars(NanoDollars amount) {
    return amount.toUsd().doubleValue();
  }

  private void answered(ExchangeRecord record, String model, String target) {
    Usage usage = record.usage();
    counter(Meters.USAGE, target, usage.status().label()).increment();
    counter(Meters.TOKENS, model, target, "input").increment((double) usage.input());
    counter(Meters.TOKENS, model, target, "cached_input").increment((double) usage.cachedInput());
    counter(Meters.TOKENS, model, target, "output").increment((double) usage.output());
    counter(Meters.TOKENS, model, target, "reasoning").increment((double) usage.reasoning());
    boolean fallback =
        !record.attempts().isEmpty() && !record.attempts().getFirst().target().equals(target);
    if (fallback) {
      counter(Meters.FALLBACKS, model, record.attempts().getFirst().outcome().label()).increment();
    }
    long first = record.timing().firstByteNanos();
    if (record.asked().stream() && first >= 0) {
      timer(Meters.FIRST_TOKEN, target).record(Duration.ofNanos(first));
      if (usage.output() > 1 && record.ending() == Ending.COMPLETE) {
        timer(Meters.OUTPUT_TOKEN_TIME, target)
            .record(
                Duration.ofNanos((record.timing().durationNanos() - first) / (usage.output() - 1)));
      }
    }
  }

  private Counter counter(Meters meter, String first) {
    return counter(meter, first, "", "");
  }

  private Counter counter(Meters meter, String first, String second) {
    return counter(meter, first, second, "");
  }

  private Counter counter(Meters meter, String first, String second, String third) {
    Key key = new Key(meter, first, second, third);
    Counter known = counters.get(key);
    return known != null ? known : counters.computeIfAbsent(key, this::registered);
  }

  private Counter registered(Key key) {
    return Counter.builder(key.meter.meterName())
        .baseUnit(key.meter.unit())
        .description(key.meter.meaning())
        .tags(key.meter.tags(key.labels()))
        .register(registry);
  }

  private Timer timer(Meters meter, String first) {
    return timer(meter, first, "");
  }

  private Timer timer(Meters meter, String first, String second) {
    Key key = new Key(meter, first, second, "");
    Timer known = timers.get(key);
    return known != null
        ? known
        : timers.computeIfAbsent(key, k -> timer(registry, k.meter, k.labels()));
  }

  static Timer timer(MeterRegistry registry, Meters meter, String... labels) {
    return Timer.builder(meter.meterName())
        .description(meter.meaning())
        .tags(meter.tags(labels))
        .serviceLevelObjectives(meter.bounds())
        .register(registry);
  }

  private static String or(@Nullable String value) {
    return value == null ? NONE : value;
  }
}
