package dev.drover.state.health;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether more than one caller stands behind something: who was seen last, and who else
 * before that. Thread-safe.
 */
final class Witnesses {
  private record Seen(String caller, long atNanos) {}

  private record Two(@Nullable Seen last, @Nullable Seen other) {}

  private final AtomicReference<Two> two = new AtomicReference<>(new Two(null, null));

  void saw(String caller, long nowNanos) {
    Seen seen = new Seen(caller, nowNanos);
    two.updateAndGet(
        known ->
            known.last == null || known.last.caller.equals(caller)
                ? new Two(seen, known.other)
                : new Two(seen, known.last));
  }

  /** Returns whether somebody else than a caller was seen within a time. */
  boolean others(String caller, long nowNanos, long withinNanos) {
    Two known = two.get();
    return isOther(known.last, caller, nowNanos, withinNanos)
        || isOther(known.other, caller, nowNanos, withinNanos);
  }

  private static boolean isOther(
      @Nullable Seen seen, String caller, long nowNanos, long withinNanos) {
    return seen != null && !seen.caller.equals(caller) && nowNanos - seen.atNanos <= withinNanos;
  }
}
