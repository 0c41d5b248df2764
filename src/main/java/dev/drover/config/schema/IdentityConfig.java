package dev.drover.config.schema;

import org.jspecify.annotations.Nullable;

/** Callers that are known neither by a key nor as a workload. */
public record IdentityConfig(
    @Key(
            doc =
                "Callers by the token that Envoy's `jwt_authn` filter has verified; it must stand before Drover's and put the payload into metadata.")
        @Nullable JwtIdentityConfig jwt,
    @Key(doc = "Callers by headers that a trusted hop has set.")
        @Nullable HeaderIdentityConfig headers) {}
