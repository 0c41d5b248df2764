package dev.drover.types;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.List;

/**
 * The forms in which credentials of well-known services are written, as regular expressions that
 * need no backtracking. The first group of each precedes the secret and is no part of it.
 */
public final class SecretForms {
  /** A key that is known by its beginning. */
  public static final String KEY =
      "(?s)(^|[^A-Za-z0-9])(?:"
          + "(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[abeprs]|npm|hf|gsk|xai|r8|whsec|pplx|nvapi)"
          + "[-_][A-Za-z0-9_-]{8,}"
          + "|(?:AKIA|ASIA|AIza|ya29\\.)[A-Za-z0-9_-]{12,}"
          + "|eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*"
          + "|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$))";

  /** A secret key of AWS, which only its name tells from a hash. */
  public static final String AWS_SECRET =
      "(?i)(aws.{0,20}secret.{0,20}?[=: \"']{1,4})[a-z0-9/+]{40}";

  /** A password in a URL, with the sign that ends it. */
  public static final String URL_PASSWORD = "([a-z][a-z0-9+.-]{0,30}://[^\\s/:@]*:)[^\\s/@]+@";

  /** Matched in linear time, whatever the text is. */
  private static final List<Pattern> ALL =
      List.of(Pattern.compile(KEY), Pattern.compile(AWS_SECRET), Pattern.compile(URL_PASSWORD));

  private SecretForms() {}

  /**
   * Returns a text with asterisks in the place of each letter of a secret.
   *
   * @param known secrets to hide, whatever their form
   */
  public static String masked(String text, List<String> known) {
    StringBuilder out = new StringBuilder(text);
    for (String secret : known) {
      for (int at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
        hide(out, at, at + secret.length());
      }
    }
    for (Pattern form : ALL) {
      Matcher found = form.matcher(text);
      while (found.find()) {
        hide(out, found.end(1), found.end());
      }
    }
    return out.toString();
  }

  private static void hide(StringBuilder text, int from, int to) {
    for (int i = from; i < to; i++) {
      text.setCharAt(i, '*');
    }
  }
}
