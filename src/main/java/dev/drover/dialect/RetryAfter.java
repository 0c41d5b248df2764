package dev.drover.dialect;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;

/** Reads the response header {@code Retry-After} (RFC 9110, section 10.2.3). */
public final class RetryAfter {
  private static final long UNSAID = -1;
  private static final Duration LONGEST = Duration.ofHours(1);

  private RetryAfter() {}

  /**
   * Returns how long to wait, in nanoseconds, at most an hour; negative when the value says
   * nothing.
   *
   * @param value the header's value, or an empty string
   */
  public static long nanos(String value, InstantSource wall) {
    String text = value.strip();
    if (text.isEmpty()) {
      return UNSAID;
    }
    Duration wait = text.chars().allMatch(Character::isDigit) ? seconds(text) : until(text, wall);
    if (wait.isNegative()) {
      return UNSAID;
    }
    return (wait.compareTo(LONGEST) > 0 ? LONGEST : wait).toNanos();
  }

  private static Duration seconds(String digits) {
    return digits.length() > 6 ? LONGEST : Duration.ofSeconds(Long.parseLong(digits));
  }

  private static Duration until(String date, InstantSource wall) {
    try {
      Instant at = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
      return Duration.between(wall.instant(), at);
    } catch (DateTimeException _) {
      return Duration.ofNanos(UNSAID);
    }
  }
}
