package dev.drover.migrate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads numbers and times that may be quoted, of any size, or in the environment. A value that
 * cannot be taken over as it stands is noted. Confined to one file.
 */
final class Values {
  /** The beginning of a value that stands for an environment variable. */
  static final String ENV = "os.environ/";

  /** The number of digits before or after the point beyond which a number is a mistake. */
  private static final int MOST_DIGITS = 60;

  private final Map<String, Object> variables;
  private final Notes notes;

  /**
   * @param variables the environment as far as the file says it itself
   * @param notes takes what cannot be taken over
   */
  Values(Map<String, Object> variables, Notes notes) {
    this.variables = variables;
    this.notes = notes;
  }

  /** Returns the value of an environment variable if the file has it, and any other value as is. */
  @Nullable Object resolved(@Nullable Object value) {
    if (value instanceof String text && text.startsWith(ENV)) {
      Object known = variables.get(text.substring(ENV.length()));
      return known == null ? value : known;
    }
    return value;
  }

  /** Returns a number, or null when there is none. */
  @Nullable BigDecimal number(String path, @Nullable Object value) {
    String text = Trees.text(resolved(value)).strip();
    try {
      BigDecimal number = text.length() > MOST_DIGITS ? null : new BigDecimal(text);
      if (number != null
          && number.scale() < MOST_DIGITS
          && number.precision() - (long) number.scale() < MOST_DIGITS) {
        return number;
      }
    } catch (NumberFormatException _) {
      // noted below
    }
    if (value != null) {
      notes.leftOut(path, value, "a number");
    }
    return null;
  }

  /** Returns a number above 0, or null when there is none. */
  @Nullable BigDecimal positive(String path, @Nullable Object value) {
    BigDecimal number = number(path, value);
    if (number != null && number.signum() <= 0) {
      notes.leftOut(path, value, "more than 0");
      return null;
    }
    return number;
  }

  /** Returns a whole number within bounds, or null when there is none. */
  @Nullable Integer whole(String path, @Nullable Object value, Bounds bounds) {
    BigDecimal number = positive(path, value);
    if (number == null) {
      return null;
    }
    BigDecimal whole = number.setScale(0, RoundingMode.DOWN);
    if (whole.compareTo(bounds.smallest()) < 0 || whole.compareTo(bounds.largest()) > 0) {
      notes.leftOut(path, value, "a whole number " + bounds.words());
      return null;
    }
    if (whole.compareTo(number) != 0) {
      notes.instead(path, value, whole.toPlainString(), "a whole number");
    }
    return whole.intValueExact();
  }

  /** Returns a time given in seconds, the nearest one within bounds, or null when there is none. */
  @Nullable Duration seconds(String path, @Nullable Object value, Bounds bounds) {
    BigDecimal seconds = positive(path, value);
    if (seconds == null) {
      return null;
    }
    Duration nearest = bounds.nearest(seconds);
    if (BigDecimal.valueOf(nearest.toMillis()).compareTo(seconds.movePointRight(3)) != 0) {
      notes.instead(path, value, shown(nearest), "seconds, " + bounds.words());
    }
    return nearest;
  }

  /** Returns a time as it stands in Drover's config. */
  static String shown(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
