package dev.drover.config.schema;

import org.jspecify.annotations.Nullable;

/**
 * The way to access tokens of Microsoft Entra ID: a client secret, a federated token (workload
 * identity) or a managed identity.
 */
public record AzureCredentialConfig(
    @Key(doc = "Directory (tenant) id. Default: `AZURE_TENANT_ID`.", pattern = "[A-Za-z0-9.-]+")
        @Nullable String tenant,
    @Key(
            doc =
                "Application (client) id, also of a user-assigned managed identity. Default: `AZURE_CLIENT_ID`.",
            pattern = "[A-Za-z0-9-]+")
        @Nullable String client,
    @Key(
            doc =
                "File with the federated token; read again at each renewal. Default: `AZURE_FEDERATED_TOKEN_FILE`.")
        @Nullable String federatedTokenFile,
    @Key(doc = "Whether the machine's managed identity is used.", def = "false")
        boolean managedIdentity,
    @Key(doc = "The client secret.") @Nullable CredentialConfig secret,
    @Key(
            doc = "Resource that tokens are asked for.",
            def = "https://cognitiveservices.azure.com",
            pattern = "https://[^\\s]+")
        String resource,
    @Key(
            doc =
                "Address of the token service. Default: `AZURE_AUTHORITY_HOST`, else the public cloud's.",
            pattern = "https://[^\\s/?#]+/?")
        @Nullable String authority) {}
