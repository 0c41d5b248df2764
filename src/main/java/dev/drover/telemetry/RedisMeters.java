package dev.drover.telemetry;

import dev.drover.coordination.redis.RedisCoordinator;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** The meters of counting together. */
public final class RedisMeters {
  private RedisMeters() {}

  /** Registers them. */
  public static void register(MeterRegistry registry, RedisCoordinator joint) {
    Gauge.builder(Meters.REDIS_UP.meterName(), joint, j -> j.up() ? 1 : 0)
        .description(Meters.REDIS_UP.meaning())
        .tags(Meters.REDIS_UP.tags())
        .register(registry);
    count(registry, joint, "together", j -> (double) j.together());
    count(registry, joint, "alone", j -> (double) j.alone());
  }

  private static void count(
      MeterRegistry registry,
      RedisCoordinator joint,
      String how,
      ToDoubleFunction<RedisCoordinator> value) {
    FunctionCounter.builder(Meters.REDIS_ADMISSIONS.meterName(), joint, value)
        .baseUnit(Meters.REDIS_ADMISSIONS.unit())
        .description(Meters.REDIS_ADMISSIONS.meaning())
        .tags(Meters.REDIS_ADMISSIONS.tags(how))
        .register(registry);
  }
}
