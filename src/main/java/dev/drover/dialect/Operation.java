package dev.drover.dialect;

/**
 * Describes one operation of an LLM API. Immutable.
 *
 * @param name the OpenTelemetry GenAI operation name, such as {@code chat}
 * @param method the HTTP method
 * @param path the path that clients use, such as {@code /v1/chat/completions}
 * @param suffix the path below a provider's base URL, such as {@code /chat/completions}
 * @param takesBody whether a request is routed by its body; if not, Drover answers it itself
 * @param generates whether responses hold generated tokens
 */
public record Operation(
    String name,
    String method,
    PathTemplate path,
    String suffix,
    boolean takesBody,
    boolean generates) {
  /** Returns whether a path, with or without a query, is this operation's. */
  public boolean owns(String path) {
    int query = path.indexOf('?');
    return this.path.match(query < 0 ? path : path.substring(0, query)) != null;
  }
}
