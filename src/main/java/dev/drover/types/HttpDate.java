package dev.drover.types;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Reads the times of day in HTTP headers (RFC 9110, section 5.6.7). */
public final class HttpDate {
  private HttpDate() {}

  /** Returns the time that a header's value names, or null when it names none. */
  public static @Nullable Instant parse(String value) {
    try {
      return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value));
    } catch (DateTimeException _) {
      return null;
    }
  }
}
