package dev.drover.extproc.codec;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.drover.message.BodyChange;
import dev.drover.message.BodyMode;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Outbound;
import dev.drover.message.ProcessingModes;
import dev.drover.types.Bytes;
import dev.drover.types.Wire;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.BodyMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.BodyResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse.ResponseStatus;
import io.envoyproxy.envoy.service.ext_proc.v3.HeaderMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.HeadersResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ImmediateResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.StreamedBodyResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Our answers to Envoy's messages: {@code ProcessingResponse}s, written without a tree of them. */
public final class ProcessingResponseWriter {
  /** Envoy advises chunks of at most 64 KiB in full-duplex mode. */
  private static final int MAX_STREAMED = 62_000;

  /** The fields of an entry of a {@code map}. */
  private static final int KEY = 1;

  private static final int VALUE = 2;

  /** Most answers change nothing, those to the events of a stream above all: made once. */
  private static final OutMessage REQUEST_HEADERS_GO_ON =
      headers(new Outbound.HeadersResponse(HeaderEdits.NONE, null, false, null, Map.of()), true);

  private static final OutMessage RESPONSE_HEADERS_GO_ON =
      headers(new Outbound.HeadersResponse(HeaderEdits.NONE, null, false, null, Map.of()), false);
  private static final OutMessage REQUEST_BODY_GOES_ON =
      body(new Outbound.BodyResponse(BodyChange.KEEP, HeaderEdits.NONE, false, Map.of()), true);
  private static final OutMessage RESPONSE_BODY_GOES_ON =
      body(new Outbound.BodyResponse(BodyChange.KEEP, HeaderEdits.NONE, false, Map.of()), false);

  private ProcessingResponseWriter() {}

  /**
   * The messages that carry an answer; several when a full-duplex body is long.
   *
   * @param request whether it answers a message of the request's direction
   */
  public static List<OutMessage> of(Outbound outbound, boolean request) {
    return switch (outbound) {
      case Outbound.HeadersResponse answer when answer.changesNothing() ->
          List.of(request ? REQUEST_HEADERS_GO_ON : RESPONSE_HEADERS_GO_ON);
      case Outbound.BodyResponse answer when answer.changesNothing() ->
          List.of(request ? REQUEST_BODY_GOES_ON : RESPONSE_BODY_GOES_ON);
      case Outbound.HeadersResponse answer -> List.of(headers(answer, request));
      case Outbound.BodyResponse answer ->
          answer.change() instanceof BodyChange.Stream(List<Bytes> rope, boolean end)
              ? streamed(rope, end, answer, request)
              : List.of(body(answer, request));
      case Outbound.TrailersResponse _ -> List.of(trailers(request));
      case Outbound.ImmediateResponse immediate -> List.of(immediate(immediate));
      case Outbound.Await _, Outbound.ProtocolError _ ->
          throw new IllegalArgumentException(outbound + " (expected: an answer)");
    };
  }

  private static OutMessage headers(Outbound.HeadersResponse answer, boolean request) {
    MessageWriter out = new MessageWriter();
    if (answer.override() != null) {
      mode(out, answer.override());
    }
    metadata(out, answer.metadata());
    BodyChange change =
        answer.body() == null ? BodyChange.KEEP : new BodyChange.Replace(answer.body());
    int field =
        request
            ? ProcessingResponse.REQUEST_HEADERS_FIELD_NUMBER
            : ProcessingResponse.RESPONSE_HEADERS_FIELD_NUMBER;
    int end = out.written();
    common(out, answer.edits(), answer.clearRoute(), change, answer.body() != null);
    out.begin(HeadersResponse.RESPONSE_FIELD_NUMBER, end);
    out.begin(field, end);
    return out.message();
  }

  private static OutMessage body(Outbound.BodyResponse answer, boolean request) {
    MessageWriter out = new MessageWriter();
    metadata(out, answer.metadata());
    int field =
        request
            ? ProcessingResponse.REQUEST_BODY_FIELD_NUMBER
            : ProcessingResponse.RESPONSE_BODY_FIELD_NUMBER;
    int end = out.written();
    common(out, answer.edits(), answer.clearRoute(), answer.change(), false);
    out.begin(BodyResponse.RESPONSE_FIELD_NUMBER, end);
    out.begin(field, end);
    return out.message();
  }

  private static List<OutMessage> streamed(
      List<Bytes> rope, boolean end, Outbound.BodyResponse answer, boolean request) {
    List<List<Bytes>> cut = cut(rope);
    List<OutMessage> chunks = new ArrayList<>(cut.size());
    for (int i = 0; i < cut.size(); i++) {
      BodyChange part = new BodyChange.Stream(cut.get(i), end && i == cut.size() - 1);
      chunks.add(
          body(
              new Outbound.BodyResponse(
                  part, answer.edits(), answer.clearRoute(), answer.metadata()),
              request));
    }
    return chunks;
  }

  /**
   * Cuts a rope into ropes of at most {@link #MAX_STREAMED} bytes, whose parts are slices of its
   * own. Gives at least one, which may be empty.
   */
  private static List<List<Bytes>> cut(List<Bytes> rope) {
    List<List<Bytes>> all = new ArrayList<>();
    List<Bytes> chunk = new ArrayList<>();
    int room = MAX_STREAMED;
    for (Bytes part : rope) {
      for (int from = 0; from < part.length(); ) {
        if (room == 0) {
          all.add(chunk);
          chunk = new ArrayList<>();
          room = MAX_STREAMED;
        }
        int to = Math.min(part.length(), from + room);
        chunk.add(part.slice(from, to));
        room -= to - from;
        from = to;
      }
    }
    all.add(chunk);
    return all;
  }

  private static OutMessage trailers(boolean request) {
    MessageWriter out = new MessageWriter();
    out.begin(
        request
            ? ProcessingResponse.REQUEST_TRAILERS_FIELD_NUMBER
            : ProcessingResponse.RESPONSE_TRAILERS_FIELD_NUMBER,
        out.written());
    return out.message();
  }

  private static OutMessage immediate(Outbound.ImmediateResponse immediate) {
    MessageWriter out = new MessageWriter();
    metadata(out, Map.of(Wire.REFUSED_KEY, true));
    int end = out.written();
    out.text(ImmediateResponse.DETAILS_FIELD_NUMBER, immediate.details());
    out.body(ImmediateResponse.BODY_FIELD_NUMBER, List.of(immediate.body()));
    mutation(
        out,
        ImmediateResponse.HEADERS_FIELD_NUMBER,
        new HeaderEdits(Set.of(), immediate.headers()));
    int status = out.written();
    out.number(HttpStatus.CODE_FIELD_NUMBER, immediate.status());
    out.begin(ImmediateResponse.STATUS_FIELD_NUMBER, status);
    out.begin(ProcessingResponse.IMMEDIATE_RESPONSE_FIELD_NUMBER, end);
    return out.message();
  }

  /**
   * @param whole whether the body's change stands for the body whole, in an answer to headers
   */
  private static void common(
      MessageWriter out, HeaderEdits edits, boolean clearRoute, BodyChange change, boolean whole) {
    if (clearRoute) {
      out.number(CommonResponse.CLEAR_ROUTE_CACHE_FIELD_NUMBER, 1);
    }
    int end = out.written();
    switch (change) {
      case BodyChange.Keep _ -> {}
      case BodyChange.Replace(List<Bytes> rope) -> {
        replaced(out, rope, whole);
        out.begin(CommonResponse.BODY_MUTATION_FIELD_NUMBER, end);
      }
      case BodyChange.Stream(List<Bytes> rope, boolean last) -> {
        if (last) {
          out.number(StreamedBodyResponse.END_OF_STREAM_FIELD_NUMBER, 1);
        }
        out.body(StreamedBodyResponse.BODY_FIELD_NUMBER, rope);
        out.begin(BodyMutation.STREAMED_RESPONSE_FIELD_NUMBER, end);
        out.begin(CommonResponse.BODY_MUTATION_FIELD_NUMBER, end);
      }
    }
    if (!edits.isEmpty() || clearRoute) {
      mutation(out, CommonResponse.HEADER_MUTATION_FIELD_NUMBER, edits);
    }
    if (whole) {
      out.number(
          CommonResponse.STATUS_FIELD_NUMBER, ResponseStatus.CONTINUE_AND_REPLACE.getNumber());
    }
  }

  private static void replaced(MessageWriter out, List<Bytes> rope, boolean whole) {
    if (whole || Bytes.length(rope) > 0) {
      out.body(BodyMutation.BODY_FIELD_NUMBER, rope);
    } else {
      out.number(BodyMutation.CLEAR_BODY_FIELD_NUMBER, 1);
    }
  }

  /** Only raw_value is filled and the deprecated append left alone: Envoy reads nothing else. */
  private static void mutation(MessageWriter out, int field, HeaderEdits edits) {
    int end = out.written();
    for (String name : edits.remove()) {
      out.text(HeaderMutation.REMOVE_HEADERS_FIELD_NUMBER, name);
    }
    for (Map.Entry<String, String> header : edits.set().entrySet()) {
      int option = out.written();
      out.number(
          HeaderValueOption.APPEND_ACTION_FIELD_NUMBER,
          HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD.getNumber());
      int value = out.written();
      out.text(HeaderValue.RAW_VALUE_FIELD_NUMBER, header.getValue());
      out.text(HeaderValue.KEY_FIELD_NUMBER, header.getKey());
      out.begin(HeaderValueOption.HEADER_FIELD_NUMBER, value);
      out.begin(HeaderMutation.SET_HEADERS_FIELD_NUMBER, option);
    }
    out.begin(field, end);
  }

  private static void mode(MessageWriter out, ProcessingModes modes) {
    int end = out.written();
    out.number(ProcessingMode.RESPONSE_BODY_MODE_FIELD_NUMBER, mode(modes.response()).getNumber());
    out.number(ProcessingMode.REQUEST_BODY_MODE_FIELD_NUMBER, mode(modes.request()).getNumber());
    HeaderSendMode headers = modes.responseHeaders() ? HeaderSendMode.SEND : HeaderSendMode.SKIP;
    out.number(ProcessingMode.RESPONSE_HEADER_MODE_FIELD_NUMBER, headers.getNumber());
    out.begin(ProcessingResponse.MODE_OVERRIDE_FIELD_NUMBER, end);
  }

  private static BodySendMode mode(BodyMode mode) {
    return switch (mode) {
      case NONE -> BodySendMode.NONE;
      case STREAMED -> BodySendMode.STREAMED;
      case BUFFERED -> BodySendMode.BUFFERED;
      case BUFFERED_PARTIAL -> BodySendMode.BUFFERED_PARTIAL;
      case FULL_DUPLEX_STREAMED -> BodySendMode.FULL_DUPLEX_STREAMED;
    };
  }

  private static void metadata(MessageWriter out, Map<String, Object> metadata) {
    if (metadata.isEmpty()) {
      return;
    }
    int end = out.written();
    for (Map.Entry<String, Object> each : metadata.entrySet()) {
      field(out, each.getKey(), each.getValue());
    }
    out.begin(Value.STRUCT_VALUE_FIELD_NUMBER, end);
    entry(out, Wire.NAMESPACE, end);
    out.begin(ProcessingResponse.DYNAMIC_METADATA_FIELD_NUMBER, end);
  }

  private static void field(MessageWriter out, String name, Object value) {
    int end = out.written();
    switch (value) {
      case Boolean flag -> out.number(Value.BOOL_VALUE_FIELD_NUMBER, flag ? 1 : 0);
      case Number number -> out.fraction(Value.NUMBER_VALUE_FIELD_NUMBER, number.doubleValue());
      default -> out.text(Value.STRING_VALUE_FIELD_NUMBER, value.toString());
    }
    entry(out, name, end);
  }

  /** A field of a struct, whose value has been written. */
  private static void entry(MessageWriter out, String name, int end) {
    out.begin(VALUE, end);
    out.text(KEY, name);
    out.begin(Struct.FIELDS_FIELD_NUMBER, end);
  }
}
