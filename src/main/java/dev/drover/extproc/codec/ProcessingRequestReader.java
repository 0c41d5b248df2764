package dev.drover.extproc.codec;

import dev.drover.message.BodyMode;
import dev.drover.message.ExchangeMetadata;
import dev.drover.message.Inbound;
import dev.drover.message.ProcessingModes;
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
public final class ProcessingRequestReader {
  private static final Bytes EXT_PROC = Bytes.utf8("envoy.filters.http.ext_proc");
  private static final Bytes OWN = Bytes.utf8(Wire.NAMESPACE);
  private static final Bytes JWT = Bytes.utf8(Wire.JWT_NAMESPACE);

  private static final int METADATA =
      ProcessingRequest.METADATA_CONTEXT_FIELD_NUMBER << 3 | ProtoReader.SIZED;
  private static final int FILTER_METADATA =
      Metadata.FILTER_METADATA_FIELD_NUMBER << 3 | ProtoReader.SIZED;
  private static final int ATTRIBUTES =
      ProcessingRequest.ATTRIBUTES_FIELD_NUMBER << 3 | ProtoReader.SIZED;
  private static final int PROTOCOL =
      ProcessingRequest.PROTOCOL_CONFIG_FIELD_NUMBER << 3 | ProtoReader.SIZED;
  private static final int REQUEST_MODE =
      ProtocolConfiguration.REQUEST_BODY_MODE_FIELD_NUMBER << 3 | ProtoReader.VARINT;
  private static final int RESPONSE_MODE =
      ProtocolConfiguration.RESPONSE_BODY_MODE_FIELD_NUMBER << 3 | ProtoReader.VARINT;
  private static final int HEADERS = HttpHeaders.HEADERS_FIELD_NUMBER << 3 | ProtoReader.SIZED;
  private static final int HEADERS_END =
      HttpHeaders.END_OF_STREAM_FIELD_NUMBER << 3 | ProtoReader.VARINT;
  private static final int BODY = HttpBody.BODY_FIELD_NUMBER << 3 | ProtoReader.SIZED;
  private static final int BODY_END = HttpBody.END_OF_STREAM_FIELD_NUMBER << 3 | ProtoReader.VARINT;

  private int kind;
  private Bytes content = Bytes.EMPTY;
  private Bytes attributes = Bytes.EMPTY;
  private Bytes metadata = Bytes.EMPTY;
  private Bytes protocol = Bytes.EMPTY;

  private ProcessingRequestReader() {}

  /**
   * The message, or null when it is of a kind we do not know.
   *
   * @throws IOException when it is no {@code ProcessingRequest} at all
   */
  public static @Nullable Inbound of(Bytes message) throws IOException {
    ProcessingRequestReader reading = new ProcessingRequestReader();
    ProtoReader in = new ProtoReader(message);
    for (int tag = in.next(); tag != 0; tag = in.next()) {
      if ((tag & 7) == ProtoReader.SIZED) {
        reading.field(tag, in.value());
      } else {
        in.skip();
      }
    }
    return reading.inbound();
  }

  private void field(int tag, Bytes value) throws IOException {
    switch (tag) {
      case METADATA -> metadata = value;
      case PROTOCOL -> protocol = value;
      case ATTRIBUTES -> {
        Structs.Entry entry = Structs.Entry.of(value);
        attributes = entry.key().equals(EXT_PROC) ? entry.value() : attributes;
      }
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

  /** Returns the metadata that filters have left under a namespace; empty when there is none. */
  private Map<String, Object> metadataOf(Bytes namespace) throws IOException {
    Bytes found = Bytes.EMPTY;
    ProtoReader in = new ProtoReader(metadata);
    for (int tag = in.next(); tag != 0; tag = in.next()) {
      if (tag == FILTER_METADATA) {
        Structs.Entry entry = Structs.Entry.of(in.value());
        found = entry.key().equals(namespace) ? entry.value() : found;
      } else {
        in.skip();
      }
    }
    return Structs.map(found);
  }

  private ProcessingModes modes() throws IOException {
    BodyMode requestMode = BodyMode.NONE;
    BodyMode responseMode = BodyMode.NONE;
    ProtoReader in = new ProtoReader(protocol);
    for (int tag = in.next(); tag != 0; tag = in.next()) {
      switch (tag) {
        case REQUEST_MODE -> requestMode = mode(in.number());
        case RESPONSE_MODE -> responseMode = mode(in.number());
        default -> in.skip();
      }
    }
    return new ProcessingModes(requestMode, responseMode, true);
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
    Map<String, Object> told = Structs.map(attributes);
    return new Inbound.RequestHeaders(
        WireHeaders.of(message.content),
        message.end,
        modes(),
        text(told, Wire.TARGET_ATTRIBUTE),
        text(told, Wire.PEER_ATTRIBUTE),
        text(told, Wire.SOURCE_ATTRIBUTE),
        exchangeMetadata(),
        metadataOf(JWT));
  }

  private Inbound responseHeaders() throws IOException {
    Message message = Message.of(content, HEADERS, HEADERS_END);
    Map<String, Object> told = Structs.map(attributes);
    Object attempts = told.get(Wire.ATTEMPTS_ATTRIBUTE);
    return new Inbound.ResponseHeaders(
        WireHeaders.of(message.content),
        message.end,
        text(told, Wire.TARGET_ATTRIBUTE),
        attempts instanceof Number number ? (int) number.doubleValue() : 0);
  }

  private Inbound body() throws IOException {
    Message message = Message.of(content, BODY, BODY_END);
    return kind == ProcessingRequest.REQUEST_BODY_FIELD_NUMBER
        ? new Inbound.RequestBody(message.content, message.end)
        : new Inbound.ResponseBody(message.content, message.end);
  }

  /**
   * Holds the fields that header and body messages share: the content, and whether the stream ends
   * with it.
   */
  private record Message(Bytes content, boolean end) {
    static Message of(Bytes message, int contentTag, int endTag) throws IOException {
      Bytes content = Bytes.EMPTY;
      boolean end = false;
      ProtoReader in = new ProtoReader(message);
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

  private @Nullable ExchangeMetadata exchangeMetadata() throws IOException {
    Map<String, Object> own = metadataOf(OWN);
    String exchange = text(own, ExchangeMetadata.EXCHANGE);
    String operation = text(own, ExchangeMetadata.OPERATION);
    String api = text(own, ExchangeMetadata.API);
    String credential = text(own, ExchangeMetadata.CREDENTIAL);
    return exchange == null || operation == null
        ? null
        : new ExchangeMetadata(
            exchange, api == null ? "" : api, credential == null ? "" : credential, operation);
  }

  private static @Nullable String text(Map<String, Object> map, String name) {
    return map.get(name) instanceof String text && !text.isEmpty() ? text : null;
  }
}
