package dev.drover.exchange;

import dev.drover.message.Headers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;

/** Reads what the headers of an answer say of its sender. */
final class ResponseHeaders {
  private static final long UNSAID = -1;
  private static final Duration LONGEST_REST = Duration.ofHours(1);

  private ResponseHeaders() {}

  /** The HTTP status; 0 when it is missing or no number. */
  static int status(Headers headers) {
    try {
      return Integer.parseInt(headers.text(":status"));
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  /**
   * How long the sender asks to be left alone (RFC 9110, 10.2.3), at most an hour; negative when it
   * does not.
   */
  static long restNanos(Headers headers, InstantSource wall) {
    String value = headers.text("retry-after").strip();
    if (value.isEmpty()) {
      return UNSAID;
    }
    Duration rest =
        value.chars().allMatch(Character::isDigit) ? seconds(value) : until(value, wall);
    if (rest.isNegative()) {
      return UNSAID;
    }
    return (rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest).toNanos();
  }

  private static Duration seconds(String digits) {
    return digits.length() > 6 ? LONGEST_REST : Duration.ofSeconds(Long.parseLong(digits));
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
