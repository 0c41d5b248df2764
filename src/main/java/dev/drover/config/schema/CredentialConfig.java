package dev.drover.config.schema;

import org.jspecify.annotations.Nullable;

/**
 * The place of an API key: an environment variable or a file, but not both. The key itself never
 * stands in the config.
 */
public record CredentialConfig(
    @Key(
            doc = "Name of an environment variable that holds the key.",
            pattern = "[A-Za-z_][A-Za-z0-9_]*")
        @Nullable String env,
    @Key(doc = "File that holds the key; read again when it changes.") @Nullable String file) {}
