package dev.drover.admin;

import dev.drover.types.Bytes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Explains requests for the admin server. Thread-safe. */
@FunctionalInterface
public interface ExplainView {
  /**
   * Returns how a request would be decided now, as values of JSON. Changes nothing.
   *
   * @param path the request's path, such as {@code /v1/chat/completions}
   * @param headers the request's headers, lower-case names
   * @param body the request's body
   * @param caller the id of the key or workload that asks; null: the headers tell
   */
  Map<String, Object> explain(
      String path, Map<String, String> headers, Bytes body, @Nullable String caller);
}
