package dev.drover.coordination.redis;

import dev.drover.state.health.Breaker;
import dev.drover.state.health.HealthRegistry;
import dev.drover.state.health.TargetHealth;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The targets that rest, because their breaker is open or because they asked for it. One Drover
 * that has found out is enough for all. Confined to one thread.
 */
final class SharedBackoffs {
  private static final String BREAKER = "breaker ";
  private static final String COOL = "cool ";

  /** Rests that differ by less are the same. */
  private static final long SAME_MICROS = TimeUnit.SECONDS.toMicros(2);

  private static final long OVER = -1;

  private final HealthRegistry health;

  /** Until when each rests, in microseconds of Redis's clock, as it is known on both sides. */
  private final Map<String, Long> agreed = new HashMap<>();

  /**
   * The back-offs that the current report to Redis contains, in microseconds; {@code OVER} for one
   * that has ended.
   */
  private final Map<String, Long> told = new HashMap<>();

  private long redisNow;

  SharedBackoffs(HealthRegistry health) {
    this.health = health;
  }

  /** Redis has lost its memory: it is told all again. */
  void forget() {
    agreed.clear();
  }

  /** Adds what is new here. It counts as told once {@link #heard} has the reply. */
  void report(Arguments arguments, long nowNanos) {
    told.clear();
    for (TargetHealth target : health.all()) {
      String breaker = BREAKER + target.target();
      boolean closed = target.breaker().kind(nowNanos) == Breaker.Kind.CLOSED;
      if (closed && agreed.containsKey(breaker)) {
        told.put(breaker, OVER);
        arguments.text(breaker).number(OVER);
      }
      report(arguments, breaker, target.breaker().nanosOpen(nowNanos));
      report(arguments, COOL + target.target(), target.coolingNanos(nowNanos));
    }
  }

  private void report(Arguments arguments, String rest, long nanos) {
    long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
    if (micros > 0 && redisNow + micros > agreed.getOrDefault(rest, 0L) + SAME_MICROS) {
      told.put(rest, micros);
      arguments.text(rest).number(micros);
    }
  }

  /**
   * Takes up what others have found.
   *
   * @param reply of {@link Script#BEAT}
   */
  void heard(ScriptReply reply) {
    redisNow = reply.number(0);
    told.forEach(
        (rest, micros) -> {
          if (micros == OVER) {
            agreed.remove(rest);
          } else {
            agreed.put(rest, redisNow + micros);
          }
        });
    agreed.values().removeIf(until -> until <= redisNow);
    for (int i = 2; i + 1 < reply.size(); i += 2) {
      String rest = reply.text(i);
      long until = reply.number(i + 1);
      if (until > agreed.getOrDefault(rest, 0L) + SAME_MICROS) {
        agreed.put(rest, until);
        apply(rest, TimeUnit.MICROSECONDS.toNanos(until - redisNow));
      }
    }
  }

  private void apply(String rest, long nanos) {
    for (TargetHealth target : health.all()) {
      if (rest.equals(BREAKER + target.target())) {
        target.openFor(nanos);
      } else if (rest.equals(COOL + target.target())) {
        target.cool(nanos);
      }
    }
  }
}
