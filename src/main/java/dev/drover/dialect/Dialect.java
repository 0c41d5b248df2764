package dev.drover.dialect;

import org.jspecify.annotations.Nullable;

/**
 * Names one LLM API and holds its two sides. Immutable, thread-safe.
 *
 * @param name the name in the config
 * @param client how clients speak it; null where only providers do
 * @param provider how providers are spoken to
 */
public record Dialect(String name, @Nullable ClientApi client, ProviderApi provider) {}
