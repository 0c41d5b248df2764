package dev.drover.config.schema;

import org.jspecify.annotations.Nullable;

/** The claims of a verified token that identify the caller. */
public record JwtIdentityConfig(
    @Key(
            doc =
                "The `payload_in_metadata` of Envoy's `jwt_authn` provider; Istio has the issuer there.",
            pattern = "\\S+")
        String metadataKey,
    @Key(
            doc = "The claim that names the caller; a dot leads into an object.",
            def = "sub",
            pattern = "\\S+")
        String id,
    @Key(doc = "The claim that names its team.", pattern = "\\S+") @Nullable String team,
    @Key(doc = "The claim that names what it is used for.", pattern = "\\S+")
        @Nullable String project) {}
