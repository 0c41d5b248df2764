package dev.drover.config.bind;

import dev.drover.json.Yaml;
import java.util.Map;

/** The patterns of the config's texts, said in words. Made of {@code pattern-words.yaml}. */
public final class PatternWords {
  private static final Map<String, Object> WORDS =
      Yaml.readMap(Yaml.resource(PatternWords.class, "pattern-words.yaml"));

  private PatternWords() {}

  /** Returns what a pattern means, such as {@code a host and a port}. */
  public static String of(String pattern) {
    Object words = WORDS.get(pattern);
    if (words == null && pattern.matches("[a-z_]+([|][a-z_]+)+")) {
      return "one of " + pattern.replace("|", ", ");
    }
    return words == null ? "text that matches " + pattern : words.toString();
  }
}
