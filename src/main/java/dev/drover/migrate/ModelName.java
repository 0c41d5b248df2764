package dev.drover.migrate;

/**
 * The provider and the model of a deployment, as LiteLLM reads them out of {@code
 * litellm_params.model}.
 *
 * @param provider the provider as LiteLLM calls it; empty when it cannot be told
 * @param name the provider's name for the model
 */
record ModelName(String provider, String name) {
  /** The path below which Fireworks has its models; LiteLLM adds it. */
  private static final String FIREWORKS = "accounts/fireworks/models/";

  /**
   * Reads a name.
   *
   * @param declared {@code custom_llm_provider}, or empty
   */
  static ModelName of(String model, String declared) {
    int slash = model.indexOf('/');
    String prefix = slash < 0 ? "" : model.substring(0, slash);
    String rest = model.substring(slash + 1);
    if (!declared.isEmpty()) {
      return qualified(declared, prefix.equals(declared) ? rest : model);
    }
    return slash < 0 ? new ModelName(BareNames.provider(model), model) : qualified(prefix, rest);
  }

  private static ModelName qualified(String provider, String name) {
    boolean bare = provider.equals("fireworks_ai") && !name.isEmpty() && !name.contains("/");
    return new ModelName(provider, bare ? FIREWORKS + name : name);
  }
}
