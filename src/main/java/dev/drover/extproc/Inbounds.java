package dev.drover.extproc;

import dev.drover.exchange.BodyMode;
import dev.drover.exchange.Handover;
import dev.drover.exchange.Inbound;
import dev.drover.exchange.Modes;
import dev.drover.types.Bytes;
import dev.drover.types.Wire;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProtocolConfiguration;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Envoy's messages to ours: a {@code ProcessingRequest} is read where it lies, and a body is a
 * slice of it. Confined to one message.
 */
final class Inbounds {
  private static final Bytes EXT_PROC = Bytes.utf8("envoy.filters.http.ext_proc");
  private static final Bytes OWN = Bytes.utf8(Wire.NAMESPACE);
  private static final Bytes JWT = Bytes.utf8(Wire.JWT_NAMESPACE);

  private static final int METADATA =
      ProcessingRequest.METADATA_CONTEXT_FIELD_NUMBER << 3 | Fields.SIZED;
  private static final int FILTER_METADATA =
      Metadata.FILTER_METADATA_FIELD_NUMBER << 3 | Fields.SIZED;
  private static final int ATTRIBUTES =
      ProcessingRequest.ATTRIBUTES_FIELD_NUMBER << 3 | Fields.SIZED;
  private static final int PROTOCOL =
      ProcessingRequest.PROTOCOL_CONFIG_FIELD_NUMBER << 3 | Fields.SIZED;
  private static final int REQUEST_MODE =
      ProtocolConfiguration.REQUEST_BODY_MODE_FIELD_NUMBER << 3 | Fields.VARINT;
  private static final int RESPONSE_MODE =
      ProtocolConfiguration.RESPONSE_BODY_MODE_FIELD_NUMBER << 3 | Fields.VARINT;
  private static final int HEADERS = HttpHeaders.HEADERS_FIELD_NUMBER << 3 | Fields.SIZED;
  private static final int HEADERS_END =
      HttpHeaders.END_OF_STREAM_FIELD_NUMBER << 3 | Fields.VARINT;
  private static final int BODY = HttpBody.BODY_FIELD_NUMBER << 3 | Fields.SIZED;
  private static final int BODY_END = HttpBody.END_OF_STREAM_FIELD_NUMBER << 3 | Fields.VARINT;

  private int kind;
  private Bytes content = Bytes.EMPTY;
  private BodyMode requestMode = BodyMode.NONE;
  private BodyMode responseMode = BodyMode.NONE;
  private Map<String, Object> attributes = Map.of();
  private Map<String, Object> own = Map.of();
  private Map<String, Object> tokens = Map.of();

  private Inbounds() {}

  /**
   * The message, or null when it is of a kind we do not know.
   *
   * @throws IOException when it is no {@code ProcessingRequest} at all
   */
  static @Nullable Inbound of(Bytes message) throws IOException {
    Inbounds reading = new Inbounds();
    Fields in = new Fields(message);
    for (int tag = in.next(); tag != 0; tag = in.next()) {
      if ((tag & 7) == Fields.SIZED) {
        reading.field(tag, in.value());
      } else {
        in.skip();
      }
    }
    return reading.inbound();
  }

  private void field(int tag, Bytes value) throws IOException {
    switch (tag) {
      case METADATA -> metadata(value);
      case ATTRIBUTES -> {
        Structs.Entry entry = Structs.Entry.of(value);
        attributes = entry.key().equals(EXT_PROC) ? Structs.map(entry.value()) : attributes;
      }
      case PROTOCOL -> modes(value);
      default -> {
        int field = tag >>> 3;
        if (ProcessingRequest.RequestCase.forNumber(field) != null) {
          kind = field;
          content = value;
        }
      }
    }
  }

  private @Nullable Inbound inbound() throws IOException {
    return switch (kind) {
      case ProcessingRequest.REQUEST_HEADERS_FIELD_NUMBER -> requestHeaders();
      case ProcessingRequest.RESPONSE_HEADERS_FIELD_NUMBER -> responseHeaders();
      case ProcessingRequest.REQUEST_BODY_FIELD_NUMBER,
          ProcessingRequest.RESPONSE_BODY_FIELD_NUMBER ->
          body();
      case ProcessingRequest.REQUEST_TRAILERS_FIELD_NUMBER -> new Inbound.RequestTrailers();
      case ProcessingRequest.RESPONSE_TRAILERS_FIELD_NUMBER -> new Inbound.ResponseTrailers();
      default -> null;
    };
  }

  private void metadata(Bytes metadata) throws IOException {
    Fields in = new Fields(metadata);
    for (int tag = in.next(); tag != 0; tag = in.next()) {
      if (tag != FILTER_METADATA) {
        in.skip();
        continue;
      }
      Structs.Entry entry = Structs.Entry.of(in.value());
      if (entry.key().equals(OWN)) {
        own = Structs.map(entry.value());
      } else if (entry.key().equals(JWT)) {
        tokens = Structs.map(entry.value());
      }
    }
  }

  private void modes(Bytes config) throws IOException {
    Fields in = new Fields(config);
    for (int tag = in.next(); tag != 0; tag = in.next()) {
      switch (tag) {
        case REQUEST_MODE -> requestMode = mode(in.number());
        case RESPONSE_MODE -> responseMode = mode(in.number());
        default -> in.skip();
      }
    }
  }

  private static BodyMode mode(int number) {
    return switch (BodySendMode.forNumber(number)) {
      case STREAMED -> BodyMode.STREAMED;
      case BUFFERED -> BodyMode.BUFFERED;
      case BUFFERED_PARTIAL -> BodyMode.BUFFERED_PARTIAL;
      case FULL_DUPLEX_STREAMED -> BodyMode.FULL_DUPLEX_STREAMED;
      case null, default -> BodyMode.NONE;
    };
  }

  private Inbound requestHeaders() throws IOException {
    Message message = Message.of(content, HEADERS, HEADERS_END);
    return new Inbound.RequestHeaders(
        WireHeaders.of(message.content),
        message.end,
        new Modes(requestMode, responseMode, true),
        text(attributes, Wire.TARGET_ATTRIBUTE),
        text(attributes, Wire.PEER_ATTRIBUTE),
        handover(),
        tokens);
  }

  private Inbound responseHeaders() throws IOException {
    Message message = Message.of(content, HEADERS, HEADERS_END);
    Object attempts = attributes.get(Wire.ATTEMPTS_ATTRIBUTE);
    return new Inbound.ResponseHeaders(
        WireHeaders.of(message.content),
        message.end,
        text(attributes, Wire.TARGET_ATTRIBUTE),
        attempts instanceof Number number ? number.intValue() : 0);
  }

  private Inbound body() throws IOException {
    Message message = Message.of(content, BODY, BODY_END);
    return kind == ProcessingRequest.REQUEST_BODY_FIELD_NUMBER
        ? new Inbound.RequestBody(message.content, message.end)
        : new Inbound.ResponseBody(message.content, message.end);
  }

  /** What headers and bodies have in common: something, and whether the stream ends with it. */
  private record Message(Bytes content, boolean end) {
    static Message of(Bytes message, int contentTag, int endTag) throws IOException {
      Bytes content = Bytes.EMPTY;
      boolean end = false;
      Fields in = new Fields(message);
      for (int tag = in.next(); tag != 0; tag = in.next()) {
        if (tag == contentTag) {
          content = in.value();
        } else if (tag == endTag) {
          end = in.flag();
        } else {
          in.skip();
        }
      }
      return new Message(content, end);
    }
  }

  private @Nullable Handover handover() {
    String exchange = text(own, Handover.EXCHANGE);
    String operation = text(own, Handover.OPERATION);
    return exchange == null || operation == null ? null : new Handover(exchange, operation);
  }

  private static @Nullable String text(Map<String, Object> map, String name) {
    return map.get(name) instanceof String text && !text.isEmpty() ? text : null;
  }
}
