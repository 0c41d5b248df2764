package dev.drover.config.schema;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of traces: the receiver of spans, the share that is sampled, and what is redacted.
 */
public record TracesConfig(
    @Key(
            doc =
                "Where spans are sent, by OpenTelemetry's protocol over HTTP: the whole address, such as "
                    + "`http://collector:4318/v1/traces`. Without it none are made. A key goes into `headers`.",
            pattern = "https?://[^/@?#\\s]+/[^?#\\s]*")
        @Nullable String endpoint,
    @Key(
            doc = "Headers that go along, such as a key of the receiver; read again each time.",
            def = "{}",
            pattern = "[A-Za-z0-9-]+")
        Map<String, CredentialConfig> headers,
    @Key(
            doc =
                "Share of the traces begun here that is kept. A client that brings a `traceparent` has decided for its own.",
            def = "1",
            min = "0",
            max = "1")
        double sample,
    @Key(doc = "What the receiver calls this Drover.", def = "drover", pattern = ".*\\S.*")
        String serviceName,
    @Key(
            doc =
                "What is taken out of prompts and answers before they go into a trace, by name: regular expressions of RE2. "
                    + "Always there, unless one of that name is given: `bearer`, `key`, `email`, `card`, `phone`, `ip`.",
            def = "{}",
            pattern = Names.NAME)
        Map<String, String> redact) {}
