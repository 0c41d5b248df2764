package dev.drover.dialect;

/**
 * Names one LLM API and holds its two sides. Immutable, thread-safe.
 *
 * @param name the name in the config
 * @param client how clients speak it
 * @param provider how providers are spoken to
 */
public record Dialect(String name, ClientApi client, ProviderApi provider) {}
