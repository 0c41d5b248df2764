package dev.drover.dialect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A path with named variables, such as {@code /v1beta/models/{model}:generateContent}. A variable
 * stands for at least one character, colons included, up to the literal text that follows it. Only
 * {@code model} may have slashes. Immutable, thread-safe.
 */
public final class PathTemplate {
  private static final Pattern VARIABLE = Pattern.compile("\\{([a-z_]+)\\}");

  /** The version of the APIs, which base URLs come with and without. */
  static final String VERSION = "/v1";

  /**
   * The expression for ASCII characters but the question mark. Envoy 1.37 takes expressions of 100
   * instructions, of which a class with all of Unicode needs a dozen.
   */
  private static final String ANY = "[!->@-~]+";

  /** The same without the slash. */
  private static final String SEGMENT = "[!-.0->@-~]+";

  /** The variable that may have slashes, as the names of some models have. */
  private static final String MODEL = "model";

  private final String text;
  private final List<String> literals;
  private final List<String> variables;

  private PathTemplate(String text, List<String> literals, List<String> variables) {
    this.text = text;
    this.literals = literals;
    this.variables = variables;
  }

  /**
   * Parses a template.
   *
   * @throws IllegalArgumentException when it does not begin with a slash, or two variables touch
   */
  public static PathTemplate of(String text) {
    List<String> literals = new ArrayList<>();
    List<String> variables = new ArrayList<>();
    Matcher variable = VARIABLE.matcher(text);
    int at = 0;
    while (variable.find()) {
      literals.add(text.substring(at, variable.start()));
      variables.add(variable.group(1));
      at = variable.end();
    }
    literals.add(text.substring(at));
    boolean touching = literals.subList(1, Math.max(1, literals.size() - 1)).contains("");
    if (!text.startsWith("/") || touching) {
      throw new IllegalArgumentException(
          "path template: " + text + " (expected: a slash first, text between two variables)");
    }
    return new PathTemplate(text, List.copyOf(literals), List.copyOf(variables));
  }

  /** Returns the same path without the version that it begins with, or null when it has none. */
  public @Nullable PathTemplate withoutVersion() {
    return text.startsWith(VERSION + "/") ? of(text.substring(VERSION.length())) : null;
  }

  /** Returns whether the template has no variable, so that one path matches it. */
  public boolean exact() {
    return variables.isEmpty();
  }

  /**
   * Matches a path.
   *
   * @param path without a query
   * @return the variables by name, percent-encoded as they came; null when the path does not match
   */
  public @Nullable Map<String, String> match(String path) {
    if (!path.startsWith(literals.getFirst())) {
      return null;
    }
    if (exact()) {
      return path.length() == text.length() ? Map.of() : null;
    }
    Map<String, String> found = new LinkedHashMap<>();
    int at = literals.getFirst().length();
    for (int i = 0; i < variables.size(); i++) {
      String next = literals.get(i + 1);
      boolean last = i == variables.size() - 1;
      int end = last ? path.length() - next.length() : path.indexOf(next, at + 1);
      if (end <= at || !path.startsWith(next, end)) {
        return null;
      }
      String value = path.substring(at, end);
      if (!variables.get(i).equals(MODEL) && value.indexOf('/') >= 0) {
        return null;
      }
      found.put(variables.get(i), value);
      at = end + next.length();
    }
    return found;
  }

  /** Returns a regular expression of RE2's syntax that matches the same paths, whole. */
  public String regex() {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < literals.size(); i++) {
      regex.append(literals.get(i).replaceAll("[^A-Za-z0-9/_-]", "\\\\$0"));
      if (i < variables.size()) {
        regex.append(variables.get(i).equals(MODEL) ? ANY : SEGMENT);
      }
    }
    return regex.toString();
  }

  /** Returns the template as it was written. */
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PathTemplate template && template.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
