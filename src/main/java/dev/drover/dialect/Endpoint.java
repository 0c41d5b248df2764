package dev.drover.dialect;

/**
 * One operation of an LLM API.
 *
 * @param operation the OpenTelemetry GenAI operation name, such as {@code chat}
 * @param method the HTTP method
 * @param suffix the path below a provider's base URL, such as {@code /chat/completions}
 * @param takesBody whether a request is routed by its body; if not, Drover answers it itself
 * @param generates whether answers hold generated tokens
 */
public record Endpoint(
    String operation, String method, String suffix, boolean takesBody, boolean generates) {}
