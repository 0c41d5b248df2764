package dev.drover.dialect;

import dev.drover.types.HttpDate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Reads the response headers {@code Retry-After} (RFC 9110, section 10.2.3) and the like. */
public final class RetryAfter {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}(\\.[0-9]{0,15})?");
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
    Duration wait = NUMBER.matcher(text).matches() ? seconds(text) : until(text, wall);
    if (wait.isNegative()) {
      return UNSAID;
    }
    return (wait.compareTo(LONGEST) > 0 ? LONGEST : wait).toNanos();
  }

  /**
   * Returns the wait that a response asks for, as {@link #nanos} does. OpenAI and Azure also send
   * {@code retry-after-ms}, which is the finer one and goes first.
   *
   * @param headers gives the value of a header by its name, or an empty string
   */
  public static long nanos(UnaryOperator<String> headers, InstantSource wall) {
    String millis = headers.apply("retry-after-ms").strip();
    if (!NUMBER.matcher(millis).matches()) {
      return nanos(headers.apply("retry-after"), wall);
    }
    double asked = Double.parseDouble(millis) * 1e6;
    return (long) Math.min(asked, (double) LONGEST.toNanos());
  }

  /** Some providers send fractions, which the RFC has not. */
  private static Duration seconds(String number) {
    double seconds = Math.min(Double.parseDouble(number), (double) LONGEST.toSeconds());
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private static Duration until(String date, InstantSource wall) {
    Instant at = HttpDate.parse(date);
    return at == null ? Duration.ofNanos(UNSAID) : Duration.between(wall.instant(), at);
  }
}
