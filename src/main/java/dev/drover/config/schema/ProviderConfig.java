package dev.drover.config.schema;

import java.util.List;
import java.util.Map;

/** A provider of an LLM API: its address, its dialect and its credentials. */
public record ProviderConfig(
    @Key(
            doc = "Base URL, with the path that the API's operations stand under.",
            pattern = "https?://[^\\s/?#@]+(/[^\\s?#]*)?")
        String baseUrl,
    @Key(
            doc = "The API it speaks.",
            def = DialectNames.OPENAI,
            oneOf = {DialectNames.OPENAI})
        String dialect,
    @Key(
            doc =
                "API keys, used in turn; one that is rejected or throttled rests while others serve. None means requests carry no credential.",
            def = "[]")
        List<CredentialConfig> credentials,
    @Key(
            doc =
                "The request header that takes the key: `bearer` is `authorization: Bearer KEY`, the others are headers of that name.",
            def = "bearer",
            oneOf = {"bearer", "x-api-key", "api-key", "x-goog-api-key"})
        String auth,
    @Key(
            doc = "Further request headers this provider wants, such as `openai-organization`.",
            def = "{}",
            pattern = "[a-z0-9-]+")
        Map<String, String> headers,
    @Key(
            doc =
                "Headers of clients that it gets beside those of the client's API, by name or by beginning (`x-team-*`). Credentials stay out.",
            def = "[]",
            pattern = "[a-z0-9][a-z0-9-]*\\*?")
        List<String> forwardHeaders,
    @Key(
            doc =
                "Whether it gets the key that a client sends in `authorization`, if that is none of this gateway's; clients that send none are served with `credentials`.",
            def = "false")
        boolean passthrough) {}
