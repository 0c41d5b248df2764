package dev.drover.telemetry.trace;

import com.google.re2j.Pattern;
import java.util.LinkedHashMap;
import java.util.Map;

/** Takes out of text what may not be kept. Immutable. */
final class Redaction {
  /**
   * The patterns that are always redacted, the most particular first, by the name that replaces a
   * match in brackets. The first group of a pattern precedes the secret and stays.
   */
  private static final Map<String, String> ALWAYS = new LinkedHashMap<>();

  static {
    ALWAYS.put("bearer", "(?i)()\\bbearer\\s+[a-z0-9._~+/=-]+");
    ALWAYS.put(
        "key",
        "(?s)(^|[^A-Za-z0-9])(?:"
            + "(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[abeprs]|npm|hf)[-_][A-Za-z0-9_-]{8,}"
            + "|(?:AKIA|ASIA|AIza)[A-Za-z0-9_-]{12,}"
            + "|eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*"
            + "|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$))");
    ALWAYS.put("email", "()[\\pL\\pN._%+-]+@[\\pL\\pN-]+(?:\\.[\\pL\\pN-]+)+");
    ALWAYS.put("card", "()\\b\\d(?:[ .\\x{A0}-]?\\d){12,18}\\b");
    ALWAYS.put("phone", "()\\+\\d[\\d ()./-]{6,}\\d");
    ALWAYS.put(
        "ip",
        "()\\b(?:\\d{1,3}(?:\\.\\d{1,3}){3}|(?:[0-9A-Fa-f]{1,4}:){4,7}[0-9A-Fa-f]{1,4}"
            + "|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*::[0-9A-Fa-f]{1,4})\\b");
  }

  private record Rule(Pattern pattern, String replacement) {}

  private final Map<String, Rule> rules = new LinkedHashMap<>();

  /**
   * @param more further rules, or others of the same name
   */
  Redaction(Map<String, String> more) {
    ALWAYS.forEach(
        (name, pattern) -> rules.put(name, new Rule(Pattern.compile(pattern), "$1[" + name + "]")));
    more.forEach(
        (name, pattern) -> rules.put(name, new Rule(Pattern.compile(pattern), "[" + name + "]")));
  }

  /** The text without what any rule finds. */
  String apply(String text) {
    String left = text;
    for (Rule rule : rules.values()) {
      left = rule.pattern().matcher(left).replaceAll(rule.replacement());
    }
    return left;
  }
}
