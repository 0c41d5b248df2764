package dev.drover.tools.standin;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the facts known of one HTTP stream, for attributes, formats and the access log. Confined to
 * its event loop.
 */
final class StreamInfo {
  final Instant started = Instant.now();
  final long startNanos = System.nanoTime();
  private final Map<String, Struct> metadata = new LinkedHashMap<>();
  HeaderMap requestHeaders = new HeaderMap();
  @Nullable HeaderMap responseHeaders;
  Upstream.@Nullable Host host;
  @Nullable String cluster;
  @Nullable String route;
  @Nullable String source;
  int attempts;
  int status;
  String details = "";
  String flags = "-";
  String localReplyBody = "";
  long bytesReceived;
  long bytesSent;

  /** Merges top-level keys of {@code values} into a namespace, as Envoy does. */
  void merge(String namespace, Struct values) {
    Struct before = metadata.getOrDefault(namespace, Struct.getDefaultInstance());
    metadata.put(namespace, before.toBuilder().mergeFrom(values).build());
  }

  Map<String, Struct> metadata() {
    return metadata;
  }

  /** A value of dynamic metadata, or null. */
  @Nullable Value metadata(String namespace, String key) {
    Struct struct = metadata.get(namespace);
    return struct == null ? null : struct.getFieldsMap().get(key);
  }
}
