package dev.drover.telemetry.trace;

import com.google.re2j.Pattern;
import dev.drover.types.SecretForms;
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
    ALWAYS.put("key", SecretForms.KEY);
    ALWAYS.put("secret", SecretForms.AWS_SECRET);
    ALWAYS.put("password", SecretForms.URL_PASSWORD);
    ALWAYS.put("email", "()[\\pL\\pN._%+-]+@[\\pL\\pN-]+(?:\\.[\\pL\\pN-]+)+");
    ALWAYS.put(
        "iban",
        "()\\b[A-Z]{2}\\d{2}(?:[ \\x{A0}]?[A-Z0-9]{4}){2,7}(?:[ \\x{A0}]?[A-Z0-9]{1,4})?\\b");
    ALWAYS.put("ssn", "()\\b\\d{3}-\\d{2}-\\d{4}\\b");
    ALWAYS.put("card", "()\\b\\d(?:[ .\\x{A0}-]?\\d){12,18}\\b");
    ALWAYS.put("phone", "()\\+\\d[\\d ()./-]{6,}\\d");
    ALWAYS.put(
        "ip",
        "()\\b(?:\\d{1,3}(?:\\.\\d{1,3}){3}|(?:[0-9A-Fa-f]{1,4}:){4,7}[0-9A-Fa-f]{1,4}"
            + "|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*::[0-9A-Fa-f]{1,4})\\b");
  }

  /** Characters without a width, which cut a secret in two for a pattern and for nobody else. */
  private static final Pattern INVISIBLE =
      Pattern.compile("[\\x{AD}\\x{200B}-\\x{200F}\\x{2060}-\\x{2064}\\x{FEFF}]");

  private record Rule(Pattern pattern, String replacement) {}

  private final Map<String, Rule> rules = new LinkedHashMap<>();

  /**
   * @param more further rules, or others of the same name
   */
  Redaction(Map<String, String> more) {
    ALWAYS.forEach(
        (name, pattern) ->
            rules.put(
                name,
                new Rule(
                    Pattern.compile(pattern),
                    "$1[" + name + (pattern.endsWith("@") ? "]@" : "]"))));
    more.forEach(
        (name, pattern) -> rules.put(name, new Rule(Pattern.compile(pattern), "[" + name + "]")));
  }

  /** The text without what any rule finds. */
  String apply(String text) {
    String left = INVISIBLE.matcher(text).replaceAll("");
    for (Rule rule : rules.values()) {
      left = rule.pattern().matcher(left).replaceAll(rule.replacement());
    }
    return left;
  }
}
