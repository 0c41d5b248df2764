package dev.drover.config.schema;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A provider of an LLM API: its address, its dialect and its credentials. */
public record ProviderConfig(
    @Key(
            doc =
                "A provider that Drover knows by name: its address, its APIs and what it refuses. Keys beside it win.",
            def = KindNames.CUSTOM,
            oneOf = {
              KindNames.OPENAI,
              KindNames.AZURE,
              KindNames.ANTHROPIC,
              KindNames.BEDROCK,
              KindNames.VERTEX,
              KindNames.GEMINI,
              KindNames.DEEPSEEK,
              KindNames.MOONSHOT,
              KindNames.MISTRAL,
              KindNames.GROQ,
              KindNames.TOGETHER,
              KindNames.FIREWORKS,
              KindNames.OPENROUTER,
              KindNames.XAI,
              KindNames.COHERE,
              KindNames.OLLAMA,
              KindNames.VLLM,
              KindNames.SGLANG,
              KindNames.HOLYSHEEP,
              KindNames.CUSTOM
            })
        String kind,
    @Key(doc = "The region, for kinds whose address contains it.", pattern = "[a-z0-9-]+")
        @Nullable String region,
    @Key(
            doc = "The Google Cloud project, for kinds whose address contains it.",
            pattern = "[a-z0-9:.-]+")
        @Nullable String project,
    @Key(doc = "The name of the Azure resource.", pattern = "[A-Za-z0-9-]+")
        @Nullable String resource,
    @Key(
            doc =
                "Base URL, with the path that the API's operations stand under. Known for each `kind` but `custom`.",
            pattern = "https?://[^\\s/?#@]+(/[^\\s?#]*)?")
        String baseUrl,
    @Key(
            doc =
                "The APIs it speaks: one name, or a list. A client's own API is taken if it is among them, else the first.",
            def = DialectNames.OPENAI,
            single = true,
            oneOf = {
              DialectNames.OPENAI,
              DialectNames.ANTHROPIC,
              DialectNames.RESPONSES,
              DialectNames.GEMINI,
              DialectNames.BEDROCK,
              DialectNames.BEDROCK_ANTHROPIC,
              DialectNames.VERTEX_ANTHROPIC
            })
        List<String> dialect,
    @Key(
            doc =
                "The paths that an API's operations stand under where they differ from `base_url`'s, by dialect, such as `anthropic: /anthropic/v1`. `{model}` stands for the target's model, as Azure's deployments want it.",
            def = "{}",
            pattern = "[a-z-]+")
        Map<String, String> paths,
    @Key(doc = "The query parameter `api-version` that Azure wants.", pattern = "[A-Za-z0-9.-]+")
        @Nullable String apiVersion,
    @Key(
            doc =
                "API keys, or the ways to a cloud's credentials, used in turn. One that is rejected or throttled rests while others serve. None means requests carry no credential.",
            def = "[]")
        List<ProviderCredentialConfig> credentials,
    @Key(
            doc =
                "The request header that takes the key: `bearer` is `authorization: Bearer KEY`, the others are headers of that name. Default: `x-api-key` where the first dialect is `anthropic`, `x-goog-api-key` where it is `gemini`, else `bearer`.",
            oneOf = {"bearer", "x-api-key", "api-key", "x-goog-api-key"})
        @Nullable String auth,
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
                "Fields that it refuses in requests of OpenAI's chat API. Drover takes them out, and sends `max_completion_tokens` as `max_tokens`.",
            def = "[]",
            pattern = "[a-z_]+")
        List<String> refuses,
    @Key(
            doc =
                "Whether it gets the key that a client sends, in the header that it came in, if that is none of this gateway's and the provider speaks the client's API. Clients that send none are served with `credentials`.",
            def = "false")
        boolean passthrough) {}
