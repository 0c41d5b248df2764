package dev.drover.config.schema;

/** The names of the kinds of providers. What each stands for is in {@code providers.yaml}. */
public final class KindNames {
  /** A provider of which nothing is known but what the config says. */
  public static final String CUSTOM = "custom";

  static final String OPENAI = "openai";
  static final String AZURE = "azure";
  static final String ANTHROPIC = "anthropic";
  static final String BEDROCK = "bedrock";
  static final String VERTEX = "vertex";
  static final String GEMINI = "gemini";
  static final String DEEPSEEK = "deepseek";
  static final String MOONSHOT = "moonshot";
  static final String MISTRAL = "mistral";
  static final String GROQ = "groq";
  static final String TOGETHER = "together";
  static final String FIREWORKS = "fireworks";
  static final String OPENROUTER = "openrouter";
  static final String XAI = "xai";
  static final String COHERE = "cohere";
  static final String OLLAMA = "ollama";
  static final String VLLM = "vllm";
  static final String SGLANG = "sglang";
  static final String HOLYSHEEP = "holysheep";

  private KindNames() {}
}
