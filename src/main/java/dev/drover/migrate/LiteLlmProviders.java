package dev.drover.migrate;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The providers that Drover speaks to, by LiteLLM's names for them. */
final class LiteLlmProviders {
  static final String ANTHROPIC = "anthropic";
  static final String AZURE = "azure";

  /**
   * A provider with an address of its own.
   *
   * @param baseUrl the address
   * @param keyVariable the environment variable that LiteLLM takes its key from
   */
  record Vendor(String baseUrl, String keyVariable) {}

  private static final Map<String, Vendor> VENDORS =
      Map.ofEntries(
          vendor(ANTHROPIC, "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY"),
          vendor("openai", "https://api.openai.com/v1", "OPENAI_API_KEY"),
          vendor("deepseek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
          vendor("mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
          vendor("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
          vendor("together_ai", "https://api.together.xyz/v1", "TOGETHERAI_API_KEY"),
          vendor("fireworks_ai", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
          vendor("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
          vendor("xai", "https://api.x.ai/v1", "XAI_API_KEY"),
          vendor("moonshot", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY"),
          vendor(
              "gemini",
              "https://generativelanguage.googleapis.com/v1beta/openai",
              "GEMINI_API_KEY"));

  private static final Set<String> SELF_HOSTED =
      Set.of("hosted_vllm", "custom_openai", "openai_like", "lm_studio", "litellm_proxy", AZURE);

  /** Providers that LiteLLM speaks another dialect to, wherever the file says that they are. */
  private static final Set<String> NATIVE = Set.of("gemini");

  private LiteLlmProviders() {}

  private static Map.Entry<String, Vendor> vendor(String name, String baseUrl, String variable) {
    return Map.entry(name, new Vendor(baseUrl, variable));
  }

  /** Returns a provider that needs no address in the file, or null. */
  static @Nullable Vendor find(String provider) {
    return VENDORS.get(provider);
  }

  /** Returns whether a provider is one that Drover speaks to, at its own address or elsewhere. */
  static boolean compatible(String provider) {
    return VENDORS.containsKey(provider) || SELF_HOSTED.contains(provider);
  }

  /** Returns whether a provider speaks OpenAI's dialect at its own address only. */
  static boolean compatibleAtHomeOnly(String provider) {
    return NATIVE.contains(provider);
  }
}
