package dev.drover.migrate;

import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names the models of LiteLLM's price file as targets name them: as their makers do, and with the
 * kind of the provider before a slash where it is not the maker. Models that have ended are left
 * out of hosts' lists; makers' stay, for configs name them.
 */
final class NamedModels {
  /** Providers whose own models have plain names. */
  private static final Set<String> MAKERS =
      Set.of(
          "openai",
          "anthropic",
          "gemini",
          "deepseek",
          "mistral",
          "moonshot",
          "xai",
          "cohere",
          "cohere_chat",
          "bedrock",
          "bedrock_converse");

  /** Providers of other makers' models, and the kinds that they are. */
  private static final Map<String, String> HOSTS =
      Map.of(
          "azure", "azure",
          "groq", "groq",
          "together_ai", "together",
          "fireworks_ai", "fireworks",
          "openrouter", "openrouter");

  private static final String VERTEX = "vertex_ai";
  private static final Set<String> MODES = Set.of("chat", "completion", "responses", "embedding");

  private NamedModels() {}

  /**
   * Returns the name of a model, or null where no kind of provider has it.
   *
   * @param key its name in the file
   */
  static @Nullable String name(String key, Map<?, ?> fields, LocalDate today) {
    String provider = String.valueOf(fields.get("litellm_provider"));
    Object ends = fields.get("deprecation_date");
    boolean over = ends != null && ends.toString().compareTo(today.toString()) <= 0;
    if (key.startsWith("ft:") || !MODES.contains(String.valueOf(fields.get("mode")))) {
      return null;
    }
    int slash = key.indexOf('/');
    String first = slash < 0 ? "" : key.substring(0, slash);
    String rest = key.substring(slash + 1);
    if (provider.startsWith(VERTEX)) {
      return over ? null : "vertex/" + (first.equals(VERTEX) ? rest : key);
    }
    String host = HOSTS.get(provider);
    if (host != null) {
      return first.equals(provider) && !over ? host + "/" + rest : null;
    }
    if (!MAKERS.contains(provider)) {
      return null;
    }
    boolean regional = provider.startsWith("bedrock");
    return first.isEmpty() ? key : first.equals(provider) && !regional ? rest : null;
  }
}
