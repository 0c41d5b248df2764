package dev.drover.admission;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import org.jspecify.annotations.Nullable;

/**
 * The time that a budget is for. A calendar one begins anew at its end. A rolling one is made of
 * slots, of which the oldest is forgotten when a new one begins; there is one slot more than the
 * time needs, so that what counts is never less than the time. Immutable.
 *
 * @param slots how many; 1 for a calendar one
 */
record Window(String per, ZoneId zone, int slots, @Nullable Duration slot) {
  static Window of(String per, ZoneId zone) {
    return switch (per) {
      case "rolling_day" -> new Window(per, zone, 24 + 1, Duration.ofHours(1));
      case "rolling_week" -> new Window(per, zone, 7 * 4 + 1, Duration.ofHours(6));
      case "rolling_month" -> new Window(per, zone, 30 + 1, Duration.ofDays(1));
      default -> new Window(per, zone, 1, null);
    };
  }

  boolean rolling() {
    return slot != null;
  }

  /** For names of budgets. */
  @Override
  public String toString() {
    return switch (per) {
      case "rolling_day" -> "in any 24 hours";
      case "rolling_week" -> "in any 7 days";
      case "rolling_month" -> "in any 30 days";
      default -> "a %s in %s".formatted(per, zone);
    };
  }

  /** Returns the time when the slot that contains {@code now} began. */
  Instant start(Instant now) {
    if (slot != null) {
      long length = slot.toSeconds();
      return Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond(), length) * length);
    }
    return first(now).atStartOfDay(zone).toInstant();
  }

  /** Returns the time when the slot that contains {@code now} ends. */
  Instant end(Instant now) {
    if (slot != null) {
      return start(now).plus(slot);
    }
    LocalDate first = first(now);
    LocalDate next =
        switch (per) {
          case "week" -> first.plusWeeks(1);
          case "month" -> first.plusMonths(1);
          case "year" -> first.plusYears(1);
          default -> first.plusDays(1);
        };
    return next.atStartOfDay(zone).toInstant();
  }

  private LocalDate first(Instant now) {
    LocalDate today = LocalDate.ofInstant(now, zone);
    return switch (per) {
      case "week" -> today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
      case "month" -> today.withDayOfMonth(1);
      case "year" -> today.withDayOfYear(1);
      default -> today;
    };
  }

  /**
   * Returns the start of the slot that is {@code back} slots before the one that ends at {@code
   * end}.
   */
  Instant before(Instant end, int back) {
    return slot == null ? start(end.minusNanos(1)) : end.minus(slot.multipliedBy(back + 1L));
  }
}
