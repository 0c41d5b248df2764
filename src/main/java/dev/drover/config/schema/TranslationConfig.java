package dev.drover.config.schema;

/** Settings of the translation of requests to targets that speak another API than the client. */
public record TranslationConfig(
    @Key(
            doc =
                "Whether a request goes to no target whose API would leave out one of its fields. If not, fields that do not change the result are left out and counted.",
            def = "false")
        boolean strict) {}
