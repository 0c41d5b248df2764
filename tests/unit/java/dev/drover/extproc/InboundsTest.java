package dev.drover.extproc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.drover.exchange.Inbound;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InboundsTest {
  private static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  private static Value object(Map<String, Value> fields) {
    return Value.newBuilder().setStructValue(Struct.newBuilder().putAllFields(fields)).build();
  }

  private static Inbound.RequestHeaders headers(Metadata metadata) {
    return (Inbound.RequestHeaders)
        Inbounds.of(
            ProcessingRequest.newBuilder()
                .setRequestHeaders(HttpHeaders.getDefaultInstance())
                .setMetadataContext(metadata)
                .build());
  }

  @Test
  void verifiedTokens_comeAsMaps() {
    Value number = Value.newBuilder().setNumberValue(17).build();
    Struct tokens =
        Struct.newBuilder()
            .putFields(
                "payload",
                object(
                    Map.of(
                        "sub", text("u-1"),
                        "uid", number,
                        "admin", Value.newBuilder().setBoolValue(true).build(),
                        "org", object(Map.of("team", text("search"))))))
            .build();
    Metadata metadata =
        Metadata.newBuilder().putFilterMetadata("envoy.filters.http.jwt_authn", tokens).build();
    assertThat(headers(metadata).tokens())
        .isEqualTo(
            Map.of("payload", Map.of("sub", "u-1", "uid", 17L, "org", Map.of("team", "search"))));
    assertThat(headers(Metadata.getDefaultInstance()).tokens()).isEmpty();
  }
}
