package dev.drover.extproc;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.drover.exchange.BodyMode;
import dev.drover.exchange.Handover;
import dev.drover.exchange.Inbound;
import dev.drover.exchange.Modes;
import dev.drover.types.Wire;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProtocolConfiguration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Envoy's messages to ours. */
final class Inbounds {
  private static final String ATTRIBUTES = "envoy.filters.http.ext_proc";

  private Inbounds() {}

  /** The message, or null when it is of a kind we do not know. */
  static @Nullable Inbound of(ProcessingRequest request) {
    return switch (request.getRequestCase()) {
      case REQUEST_HEADERS -> requestHeaders(request, request.getRequestHeaders());
      case REQUEST_BODY -> requestBody(request.getRequestBody());
      case REQUEST_TRAILERS -> new Inbound.RequestTrailers();
      case RESPONSE_HEADERS -> responseHeaders(request, request.getResponseHeaders());
      case RESPONSE_BODY -> responseBody(request.getResponseBody());
      case RESPONSE_TRAILERS -> new Inbound.ResponseTrailers();
      case REQUEST_NOT_SET -> null;
    };
  }

  private static Inbound requestHeaders(ProcessingRequest request, HttpHeaders headers) {
    return new Inbound.RequestHeaders(
        new ProtoHeaders(headers.getHeaders()),
        headers.getEndOfStream(),
        modes(request.getProtocolConfig()),
        text(attributes(request), Wire.TARGET_ATTRIBUTE),
        text(attributes(request), Wire.PEER_ATTRIBUTE),
        handover(request),
        tokens(request));
  }

  private static Inbound responseHeaders(ProcessingRequest request, HttpHeaders headers) {
    Struct attributes = attributes(request);
    Value attempts =
        attributes.getFieldsOrDefault(Wire.ATTEMPTS_ATTRIBUTE, Value.getDefaultInstance());
    return new Inbound.ResponseHeaders(
        new ProtoHeaders(headers.getHeaders()),
        headers.getEndOfStream(),
        text(attributes, Wire.TARGET_ATTRIBUTE),
        (int) attempts.getNumberValue());
  }

  private static Inbound requestBody(HttpBody body) {
    return new Inbound.RequestBody(ProtoBytes.of(body.getBody()), body.getEndOfStream());
  }

  private static Inbound responseBody(HttpBody body) {
    return new Inbound.ResponseBody(ProtoBytes.of(body.getBody()), body.getEndOfStream());
  }

  private static Modes modes(ProtocolConfiguration config) {
    return new Modes(mode(config.getRequestBodyMode()), mode(config.getResponseBodyMode()), true);
  }

  private static BodyMode mode(BodySendMode mode) {
    return switch (mode) {
      case NONE, UNRECOGNIZED -> BodyMode.NONE;
      case STREAMED -> BodyMode.STREAMED;
      case BUFFERED -> BodyMode.BUFFERED;
      case BUFFERED_PARTIAL -> BodyMode.BUFFERED_PARTIAL;
      case FULL_DUPLEX_STREAMED -> BodyMode.FULL_DUPLEX_STREAMED;
    };
  }

  private static @Nullable Handover handover(ProcessingRequest request) {
    Struct own =
        request
            .getMetadataContext()
            .getFilterMetadataOrDefault(Wire.NAMESPACE, Struct.getDefaultInstance());
    String exchange = text(own, Handover.EXCHANGE);
    String operation = text(own, Handover.OPERATION);
    return exchange == null || operation == null ? null : new Handover(exchange, operation);
  }

  private static Map<String, Object> tokens(ProcessingRequest request) {
    Struct found = request.getMetadataContext().getFilterMetadataMap().get(Wire.JWT_NAMESPACE);
    return found == null ? Map.of() : map(found);
  }

  private static Map<String, Object> map(Struct struct) {
    Map<String, Object> map = new HashMap<>();
    struct
        .getFieldsMap()
        .forEach(
            (name, value) -> {
              switch (value.getKindCase()) {
                case STRING_VALUE -> map.put(name, value.getStringValue());
                case NUMBER_VALUE -> map.put(name, number(value.getNumberValue()));
                case STRUCT_VALUE -> map.put(name, map(value.getStructValue()));
                case BOOL_VALUE, LIST_VALUE, NULL_VALUE, KIND_NOT_SET -> {} // name nobody
              }
            });
    return map;
  }

  /** Whole numbers without the fraction that protobuf gives them. */
  private static Object number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15 ? (Object) (long) value : value;
  }

  private static Struct attributes(ProcessingRequest request) {
    return request.getAttributesOrDefault(ATTRIBUTES, Struct.getDefaultInstance());
  }

  private static @Nullable String text(Struct struct, String field) {
    String value = struct.getFieldsOrDefault(field, Value.getDefaultInstance()).getStringValue();
    return value.isEmpty() ? null : value;
  }
}
