package dev.drover.config.schema;

import org.jspecify.annotations.Nullable;

/** The headers of a trusted hop that identify the caller. */
public record HeaderIdentityConfig(
    @Key(
            doc =
                "The SPIFFE id of the hop that sets them, as Envoy vouches for it; a `*` at the end stands for any ending. Others are not believed.",
            pattern = "spiffe://[^*\\s]+\\*?")
        String from,
    @Key(doc = "The header that names the caller.", pattern = "[a-z0-9-]+") String id,
    @Key(doc = "The header that names its team.", pattern = "[a-z0-9-]+") @Nullable String team,
    @Key(doc = "The header that names what it is used for.", pattern = "[a-z0-9-]+")
        @Nullable String project) {}
