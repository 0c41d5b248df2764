package dev.drover.config.schema;

import dev.drover.types.Capability;
import dev.drover.types.Quality;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A kind of task and how a request is known to be of it. */
public record TaskConfig(
    @Key(doc = "The least quality that a target must have for it. None: any.")
        @Nullable Quality quality,
    @Key(
            doc =
                "Words and phrases of the request that speak for it, in lower case; a `*` at the end stands for any ending.",
            def = "[]",
            pattern = ".*[^*\\s].*")
        List<String> words,
    @Key(
            doc =
                "Regular expressions (RE2) that speak for it when one is found in the request, in lower case. One that begins with plain text is found fastest.",
            def = "[]",
            pattern = ".+")
        List<String> patterns,
    @Key(doc = "Capabilities that speak for it when the request needs them.", def = "[]")
        List<Capability> needs,
    @Key(
            doc =
                "Prompts of at least so many tokens, as estimated, speak for it. 0: length says nothing.",
            def = "0",
            min = "0",
            max = "100000000")
        int minPromptTokens) {}
