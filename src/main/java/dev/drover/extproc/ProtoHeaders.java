package dev.drover.extproc;

import dev.drover.exchange.Headers;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Headers read where Envoy's message has them, without a map in between. Immutable. */
record ProtoHeaders(HeaderMap map) implements Headers {
  @Override
  public @Nullable String first(String name) {
    for (int i = 0; i < map.getHeadersCount(); i++) {
      HeaderValue header = map.getHeaders(i);
      if (header.getKey().equals(name)) {
        return value(header);
      }
    }
    return null;
  }

  @Override
  public void names(Consumer<String> each) {
    for (int i = 0; i < map.getHeadersCount(); i++) {
      each.accept(map.getHeaders(i).getKey());
    }
  }

  /** Envoy fills raw_value; value is what hand-made clients fill. */
  private static String value(HeaderValue header) {
    return header.getRawValue().isEmpty() ? header.getValue() : header.getRawValue().toStringUtf8();
  }
}
