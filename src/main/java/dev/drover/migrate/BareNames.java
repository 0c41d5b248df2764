package dev.drover.migrate;

import dev.drover.config.PriceList;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The providers of models whose names come without one. A name counts as known when the built-in
 * price list has it, or when OpenAI has published it; any other would be a guess.
 */
final class BareNames {
  /** The day of a snapshot at the end of a name. */
  private static final Pattern DAY =
      Pattern.compile("-(20[0-9]{2}-[0-9]{2}-[0-9]{2}|20[0-9]{6}|[01][0-9][0-3][0-9])(-preview)?$");

  private static final Map<String, String> FAMILIES =
      Map.of(
          "gpt-", "openai",
          "text-embedding-", "openai",
          "claude-", "anthropic",
          "gemini-", "vertex_ai",
          "deepseek-", "deepseek");

  private static final Set<String> OPENAI =
      Set.of(
          "gpt-3.5-turbo",
          "gpt-3.5-turbo-16k",
          "gpt-4",
          "gpt-4-32k",
          "gpt-4-turbo",
          "gpt-4-turbo-preview",
          "gpt-4-vision-preview",
          "gpt-4o",
          "gpt-4o-mini",
          "gpt-4.1",
          "gpt-4.1-mini",
          "gpt-4.1-nano",
          "gpt-5",
          "gpt-5-mini",
          "gpt-5-nano",
          "chatgpt-4o-latest",
          "o1",
          "o1-mini",
          "o1-preview",
          "o3",
          "o3-mini",
          "o4-mini",
          "text-embedding-ada-002",
          "text-embedding-3-small",
          "text-embedding-3-large");

  private BareNames() {}

  /** Returns the provider as LiteLLM calls it, or the empty text when nobody knows the name. */
  static String provider(String name) {
    String model = DAY.matcher(name).replaceFirst("");
    if (OPENAI.contains(model)) {
      return "openai";
    }
    String family =
        FAMILIES.entrySet().stream()
            .filter(each -> name.startsWith(each.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse("");
    return priced(name) || priced(model) ? family : "";
  }

  private static boolean priced(String name) {
    return PriceList.find("", name, null) != null;
  }
}
