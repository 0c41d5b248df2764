package dev.drover.extproc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.drover.message.BodyMode;
import dev.drover.message.ExchangeMetadata;
import dev.drover.message.Inbound;
import dev.drover.message.ProcessingModes;
import dev.drover.testing.Cases;
import dev.drover.types.Bytes;
import dev.drover.types.Wire;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpTrailers;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProtocolConfiguration;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProcessingRequestReaderTest {
  private static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  private static Value object(Map<String, Value> fields) {
    return Value.newBuilder().setStructValue(Struct.newBuilder().putAllFields(fields)).build();
  }

  private static @Nullable Inbound read(ProcessingRequest request) {
    try {
      return ProcessingRequestReader.of(Bytes.of(request.toByteArray()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Reads a request that has a message for an exchange. */
  private static Inbound message(ProcessingRequest request) {
    return Objects.requireNonNull(read(request));
  }

  /** Returns protobuf's own reading of bytes, or null when it rejects them. */
  private static @Nullable ProcessingRequest parsed(byte[] bytes) {
    try {
      return ProcessingRequest.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
  }

  private static Inbound.RequestHeaders headers(Metadata metadata) {
    return (Inbound.RequestHeaders)
        message(
            ProcessingRequest.newBuilder()
                .setRequestHeaders(HttpHeaders.getDefaultInstance())
                .setMetadataContext(metadata)
                .build());
  }

  private static Struct struct(Map<String, Value> fields) {
    return Struct.newBuilder().putAllFields(fields).build();
  }

  @Test
  void requestHeaders_haveWhatEnvoySaid() {
    HeaderMap map =
        HeaderMap.newBuilder()
            .addHeaders(
                HeaderValue.newBuilder().setKey(":path").setRawValue(ByteString.copyFromUtf8("/x")))
            .addHeaders(HeaderValue.newBuilder().setKey("x-a").setValue("by hand"))
            .addHeaders(HeaderValue.newBuilder().setKey("x-a").setValue("again"))
            .addHeaders(
                HeaderValue.newBuilder().setKey("x-ä").setRawValue(ByteString.copyFromUtf8("ü")))
            .build();
    Inbound.RequestHeaders headers =
        (Inbound.RequestHeaders)
            message(
                ProcessingRequest.newBuilder()
                    .setObservabilityMode(false)
                    .putAttributes("another.filter", struct(Map.of("a", text("b"))))
                    .putAttributes(
                        "envoy.filters.http.ext_proc",
                        struct(
                            Map.of(
                                Wire.TARGET_ATTRIBUTE, text("t@1"),
                                Wire.PEER_ATTRIBUTE, text("spiffe://a/b"))))
                    .setMetadataContext(
                        Metadata.newBuilder()
                            .putFilterMetadata("else", struct(Map.of("exchange", text("not me"))))
                            .putFilterMetadata(
                                Wire.NAMESPACE,
                                struct(Map.of("exchange", text("e"), "operation", text("/chat")))))
                    .setProtocolConfig(
                        ProtocolConfiguration.newBuilder()
                            .setRequestBodyMode(BodySendMode.BUFFERED)
                            .setResponseBodyMode(BodySendMode.FULL_DUPLEX_STREAMED))
                    .setRequestHeaders(
                        HttpHeaders.newBuilder().setHeaders(map).setEndOfStream(true))
                    .build());
    assertThat(headers.headers().first(":path")).isEqualTo("/x");
    assertThat(headers.headers().first("x-a")).isEqualTo("by hand");
    assertThat(headers.headers().first("x-ä")).isNull(); // names are ASCII
    assertThat(headers.headers().first("x-")).isNull();
    assertThat(headers.headers().namesWith("x-")).containsExactly("x-a", "x-ä");
    assertThat(headers.end()).isTrue();
    assertThat(headers.modes())
        .isEqualTo(new ProcessingModes(BodyMode.BUFFERED, BodyMode.FULL_DUPLEX_STREAMED, true));
    assertThat(headers.target()).isEqualTo("t@1");
    assertThat(headers.peer()).isEqualTo("spiffe://a/b");
    assertThat(headers.exchange()).isEqualTo(new ExchangeMetadata("e", "", "", "/chat"));
  }

  @Test
  void answersAndBodies_haveWhatEnvoySaid() {
    Value attempts = Value.newBuilder().setNumberValue(3).build();
    Inbound.ResponseHeaders answer =
        (Inbound.ResponseHeaders)
            message(
                ProcessingRequest.newBuilder()
                    .setResponseHeaders(HttpHeaders.getDefaultInstance())
                    .putAttributes(
                        "envoy.filters.http.ext_proc",
                        struct(Map.of(Wire.ATTEMPTS_ATTRIBUTE, attempts)))
                    .build());
    assertThat(answer.attempts()).isEqualTo(3);
    assertThat(answer.target()).isNull();
    HttpBody body =
        HttpBody.newBuilder().setBody(ByteString.copyFromUtf8("text")).setEndOfStream(true).build();
    assertThat(read(ProcessingRequest.newBuilder().setRequestBody(body).build()))
        .isEqualTo(new Inbound.RequestBody(Bytes.utf8("text"), true));
    assertThat(read(ProcessingRequest.newBuilder().setResponseBody(body).build()))
        .isEqualTo(new Inbound.ResponseBody(Bytes.utf8("text"), true));
    HttpTrailers trailers = HttpTrailers.getDefaultInstance();
    assertThat(read(ProcessingRequest.newBuilder().setRequestTrailers(trailers).build()))
        .isEqualTo(new Inbound.RequestTrailers());
    assertThat(read(ProcessingRequest.newBuilder().setResponseTrailers(trailers).build()))
        .isEqualTo(new Inbound.ResponseTrailers());
    assertThat(read(ProcessingRequest.getDefaultInstance())).isNull();
  }

  /** Against protobuf's own reader: what that rejects we reject or can do without. */
  @Test
  void anyBytes_areReadOrRefused() {
    byte[] whole =
        ProcessingRequest.newBuilder()
            .setRequestHeaders(
                HttpHeaders.newBuilder()
                    .setHeaders(
                        HeaderMap.newBuilder()
                            .addHeaders(HeaderValue.newBuilder().setKey("x-a").setValue("some"))))
            .putAttributes(
                "envoy.filters.http.ext_proc", struct(Map.of("a", object(Map.of("b", text("c"))))))
            .build()
            .toByteArray();
    int[] seen = new int[2];
    Cases.each(
        random -> {
          byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
          int damaged = cut.length == 0 ? 0 : random.nextInt(4);
          for (int i = 0; i < damaged; i++) {
            cut[random.nextInt(cut.length)] = (byte) random.nextInt(256);
          }
          ProcessingRequest parsed = parsed(cut);
          try {
            Inbound in = ProcessingRequestReader.of(Bytes.of(cut));
            seen[0]++;
            if (damaged == 0
                && parsed != null
                && in instanceof Inbound.RequestHeaders(var h, var end, _, _, _, _, _, _)) {
              HttpHeaders theirs = parsed.getRequestHeaders();
              assertThat(end).isEqualTo(theirs.getEndOfStream());
              assertThat(h.first("x-a") == null)
                  .isEqualTo(
                      theirs.getHeaders().getHeadersList().stream()
                          .noneMatch(header -> header.getKey().equals("x-a")));
            }
          } catch (IOException e) {
            seen[1]++;
            assertThat(parsed).as("refused: %s", e.getMessage()).isNull();
          }
        });
    assertThat(seen[0]).isPositive();
    assertThat(seen[1]).isPositive();
  }

  @Test
  void namesThatAreNoUtf8_areRefused() {
    byte[] sound =
        ProcessingRequest.newBuilder()
            .setRequestHeaders(HttpHeaders.getDefaultInstance())
            .putAttributes(
                "envoy.filters.http.ext_proc",
                struct(Map.of(Wire.PEER_ATTRIBUTE, text("spiffe://a/?"))))
            .build()
            .toByteArray();
    for (int i = 0; i < sound.length; i++) {
      sound[i] = sound[i] == '?' ? (byte) 0xFE : sound[i];
    }
    assertThatThrownBy(() -> ProcessingRequestReader.of(Bytes.of(sound)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void structsWithoutEnd_areRefused() {
    Struct deep = struct(Map.of("a", text("b")));
    for (int i = 0; i < 40; i++) {
      deep = struct(Map.of("a", Value.newBuilder().setStructValue(deep).build()));
    }
    Metadata sound = Metadata.newBuilder().putFilterMetadata(Wire.JWT_NAMESPACE, deep).build();
    assertThat(headers(sound).tokens()).containsKey("a");
    for (int i = 0; i < 100; i++) {
      deep = struct(Map.of("a", Value.newBuilder().setStructValue(deep).build()));
    }
    byte[] bytes =
        ProcessingRequest.newBuilder()
            .setRequestHeaders(HttpHeaders.getDefaultInstance())
            .setMetadataContext(Metadata.newBuilder().putFilterMetadata(Wire.JWT_NAMESPACE, deep))
            .build()
            .toByteArray();
    assertThatThrownBy(() -> ProcessingRequestReader.of(Bytes.of(bytes)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("deeper than 100");
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
