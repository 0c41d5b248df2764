package dev.drover.telemetry.trace;

import com.google.re2j.Pattern;
import java.util.LinkedHashMap;
import java.util.Map;

/** Takes out of text what may not be kept. Immutable. */
final class Redaction {
  /** By name, most particular first; what is found becomes the name in brackets. */
  private static final Map<String, String> ALWAYS = new LinkedHashMap<>();

  static {
    ALWAYS.put("bearer", "(?i)\\bbearer\\s+[a-z0-9._~+/=-]+");
    ALWAYS.put(
        "key",
        "\\b(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abeprs]|npm|hf)[-_][A-Za-z0-9_-]{8,}"
            + "|\\b(?:AKIA|ASIA|AIza)[A-Za-z0-9_-]{12,}"
            + "|\\beyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*"
            + "|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?");
    ALWAYS.put("email", "[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+");
    ALWAYS.put("card", "\\b\\d(?:[ -]?\\d){12,18}\\b");
    ALWAYS.put("phone", "\\+\\d[\\d ()./-]{6,}\\d");
    ALWAYS.put("ip", "\\b\\d{1,3}(?:\\.\\d{1,3}){3}\\b");
  }

  private final Map<String, Pattern> rules = new LinkedHashMap<>();

  /**
   * @param more further rules, or others of the same name
   */
  Redaction(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(ALWAYS);
    all.putAll(more);
    all.forEach((name, pattern) -> rules.put("[" + name + "]", Pattern.compile(pattern)));
  }

  /** The text without what any rule finds. */
  String apply(String text) {
    String left = text;
    for (Map.Entry<String, Pattern> rule : rules.entrySet()) {
      left = rule.getValue().matcher(left).replaceAll(rule.getKey());
    }
    return left;
  }
}
