package dev.drover.config.schema;

import org.jspecify.annotations.Nullable;

/**
 * A credential of a provider: an API key in a variable or a file, or the way to a cloud's own
 * credentials. Exactly one of its keys is set. Secrets never stand in the config.
 */
public record ProviderCredentialConfig(
    @Key(
            doc = "Name of an environment variable that holds the key.",
            pattern = "[A-Za-z_][A-Za-z0-9_]*")
        @Nullable String env,
    @Key(doc = "File that holds the key; read again when it changes.") @Nullable String file,
    @Key(doc = "AWS credentials; requests are signed with them.") @Nullable AwsCredentialConfig aws,
    @Key(doc = "Access tokens of Google Cloud.") @Nullable GoogleCredentialConfig google,
    @Key(doc = "Access tokens of Microsoft Entra ID.") @Nullable AzureCredentialConfig azure) {
  /** Returns the place of an API key, or null when this is a cloud's credential. */
  public @Nullable CredentialConfig place() {
    return env == null && file == null ? null : new CredentialConfig(env, file);
  }
}
