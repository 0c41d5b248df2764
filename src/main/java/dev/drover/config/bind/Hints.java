package dev.drover.config.bind;

import dev.drover.config.schema.ByteSize;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Guesses of the value that a person meant by one that cannot be used; they follow what was
 * expected.
 */
final class Hints {
  private static final Pattern QUANTITY = Pattern.compile("(\\d{1,9})\\s*([A-Za-z]+)?");
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(api[_-]?key|secret|token|password|credential|auth).*");
  private static final String PLACES = "keys are never in the file, write ";

  private static final Map<String, String> SIZES =
      Map.ofEntries(
          Map.entry("b", "B"),
          Map.entry("byte", "B"),
          Map.entry("bytes", "B"),
          Map.entry("k", "KiB"),
          Map.entry("kb", "KiB"),
          Map.entry("ki", "KiB"),
          Map.entry("kib", "KiB"),
          Map.entry("m", "MiB"),
          Map.entry("mb", "MiB"),
          Map.entry("mi", "MiB"),
          Map.entry("mib", "MiB"),
          Map.entry("g", "GiB"),
          Map.entry("gb", "GiB"),
          Map.entry("gi", "GiB"),
          Map.entry("gib", "GiB"));

  private static final Map<String, String> TIMES =
      Map.ofEntries(
          Map.entry("ms", "ms"),
          Map.entry("msec", "ms"),
          Map.entry("millis", "ms"),
          Map.entry("s", "s"),
          Map.entry("sec", "s"),
          Map.entry("secs", "s"),
          Map.entry("second", "s"),
          Map.entry("seconds", "s"),
          Map.entry("m", "m"),
          Map.entry("min", "m"),
          Map.entry("mins", "m"),
          Map.entry("minute", "m"),
          Map.entry("minutes", "m"),
          Map.entry("h", "h"),
          Map.entry("hr", "h"),
          Map.entry("hour", "h"),
          Map.entry("hours", "h"),
          Map.entry("d", "d"),
          Map.entry("day", "d"),
          Map.entry("days", "d"));

  private Hints() {}

  /** Returns the right way to write a duration or a size; empty when there is none to tell. */
  static String quantity(String text, Class<?> type) {
    Matcher found = QUANTITY.matcher(text.strip());
    boolean time = type == Duration.class;
    boolean other = !time && type != ByteSize.class;
    if (other || !found.matches()) {
      return "";
    }
    String typed = found.group(2) == null ? "" : found.group(2).toLowerCase(Locale.ROOT);
    String unit =
        typed.isEmpty() ? time ? "s" : "B" : (time ? TIMES : SIZES).getOrDefault(typed, "");
    String right = found.group(1) + unit;
    return unit.isEmpty() || right.equals(text) ? "" : "; did you mean \"" + right + "\"?";
  }

  /** Returns where a secret belongs, for a value in the place of a credential; else empty. */
  static String credential(String path) {
    return path.contains(".credentials")
        ? "; " + PLACES + "credentials: [ { env: NAME } ] or [ { file: PATH } ]"
        : "";
  }

  /** Returns where a secret belongs, for an unknown key whose name says that it is one. */
  static String secretKey(String name, boolean inProvider) {
    return !SECRET.matcher(name).matches()
        ? ""
        : "; "
            + PLACES
            + (inProvider ? "credentials: [ { env: NAME } ]" : "{ env: NAME } or { file: PATH }");
  }
}
