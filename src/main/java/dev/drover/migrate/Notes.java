package dev.drover.migrate;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The remarks on a file that is taken over: each once, on one line, without secrets. Confined to
 * one file.
 */
final class Notes {
  private static final int LONGEST_VALUE = 60;

  /** Text that is a key of some vendor, or an address with a password in it. */
  private static final Pattern SECRET =
      Pattern.compile("(?is)((sk|pk|rk|gsk|xai|hf)[-_]|AIza|bearer ).*|.*://[^/]*@.*");

  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]+");

  private final Set<String> all = new LinkedHashSet<>();
  private boolean modelsLost;

  void add(String remark) {
    all.add(UNPRINTABLE.matcher(remark).replaceAll(" "));
  }

  /** Notes a value that is not taken over. */
  void leftOut(String path, @Nullable Object value, String expected) {
    add("%s: %s: left out (expected: %s)".formatted(path, shown(value), expected));
  }

  /** Notes a value that another one stands for. */
  void instead(String path, @Nullable Object value, Object used, String expected) {
    add("%s: %s: %s instead (expected: %s)".formatted(path, shown(value), used, expected));
  }

  /** Notes the keys of a mapping that nobody looks at. */
  void unknown(String section, Map<String, Object> given, Set<String> known) {
    given.keySet().stream()
        .filter(key -> !known.contains(key))
        .forEach(key -> add("%s.%s: no counterpart".formatted(section, shown(key))));
  }

  /** Notes that clients can no longer ask for something. */
  void modelLost(String remark) {
    modelsLost = true;
    add(remark);
  }

  boolean modelsLost() {
    return modelsLost;
  }

  List<String> all() {
    return List.copyOf(all);
  }

  /** Returns a value as it may stand in a remark: short, and hidden when it looks like a secret. */
  static String shown(@Nullable Object value) {
    return switch (value) {
      case null -> "none given";
      case Map<?, ?> _ -> "a mapping";
      case Collection<?> _ -> "a list";
      case byte[] _ -> "bytes";
      default -> shown(value.toString());
    };
  }

  private static String shown(String text) {
    if (SECRET.matcher(text).matches()) {
      return "(not shown)";
    }
    int end = Math.min(text.length(), LONGEST_VALUE);
    return end < text.length() ? text.substring(0, end) + "…" : text;
  }
}
