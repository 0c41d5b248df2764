package dev.drover.extproc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.drover.exchange.BodyChange;
import dev.drover.exchange.BodyMode;
import dev.drover.exchange.HeaderEdits;
import dev.drover.exchange.Modes;
import dev.drover.exchange.Outbound;
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
import io.envoyproxy.envoy.service.ext_proc.v3.TrailersResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Our answers to Envoy's messages. */
final class Outbounds {
  /** Envoy advises chunks of at most 64 KiB in full-duplex mode. */
  private static final int MAX_STREAMED = 62_000;

  /** Most answers change nothing, those to the events of a stream above all: made once. */
  private static final ProcessingResponse REQUEST_HEADERS_GO_ON =
      headers(CommonResponse.getDefaultInstance(), ProcessingResponse.newBuilder(), true);

  private static final ProcessingResponse RESPONSE_HEADERS_GO_ON =
      headers(CommonResponse.getDefaultInstance(), ProcessingResponse.newBuilder(), false);
  private static final ProcessingResponse REQUEST_BODY_GOES_ON =
      body(CommonResponse.getDefaultInstance(), ProcessingResponse.newBuilder(), true);
  private static final ProcessingResponse RESPONSE_BODY_GOES_ON =
      body(CommonResponse.getDefaultInstance(), ProcessingResponse.newBuilder(), false);

  private Outbounds() {}

  /**
   * The messages that carry an answer; several when a full-duplex body is long.
   *
   * @param request whether it answers a message of the request's direction
   */
  static List<ProcessingResponse> of(Outbound outbound, boolean request) {
    return switch (outbound) {
      case Outbound.HeadersAnswer answer -> List.of(headers(answer, request));
      case Outbound.BodyAnswer answer -> bodies(answer, request);
      case Outbound.TrailersAnswer _ -> List.of(trailers(request));
      case Outbound.Immediate immediate -> List.of(immediate(immediate));
      case Outbound.Later _, Outbound.ProtocolError _ ->
          throw new IllegalArgumentException(outbound + " (expected: an answer)");
    };
  }

  private static ProcessingResponse headers(Outbound.HeadersAnswer answer, boolean request) {
    if (answer.changesNothing()) {
      return request ? REQUEST_HEADERS_GO_ON : RESPONSE_HEADERS_GO_ON;
    }
    CommonResponse.Builder common = common(answer.edits(), answer.clearRoute());
    if (answer.body() != null) {
      common.setStatus(ResponseStatus.CONTINUE_AND_REPLACE);
      common.setBodyMutation(BodyMutation.newBuilder().setBody(ProtoBytes.of(answer.body())));
    }
    ProcessingResponse.Builder response = response(answer.metadata());
    if (answer.override() != null) {
      response.setModeOverride(mode(answer.override()));
    }
    return headers(common.build(), response, request);
  }

  private static ProcessingResponse headers(
      CommonResponse common, ProcessingResponse.Builder response, boolean request) {
    HeadersResponse headers = HeadersResponse.newBuilder().setResponse(common).build();
    return (request ? response.setRequestHeaders(headers) : response.setResponseHeaders(headers))
        .build();
  }

  private static List<ProcessingResponse> bodies(Outbound.BodyAnswer answer, boolean request) {
    if (answer.changesNothing()) {
      return List.of(request ? REQUEST_BODY_GOES_ON : RESPONSE_BODY_GOES_ON);
    }
    return switch (answer.change()) {
      case BodyChange.Keep _ ->
          List.of(body(common(answer.edits(), answer.clearRoute()), answer, request));
      case BodyChange.Replace(List<Bytes> rope) -> {
        BodyMutation.Builder mutation = BodyMutation.newBuilder();
        ByteString bytes = ProtoBytes.of(rope);
        mutation = bytes.isEmpty() ? mutation.setClearBody(true) : mutation.setBody(bytes);
        yield List.of(
            body(
                common(answer.edits(), answer.clearRoute()).setBodyMutation(mutation),
                answer,
                request));
      }
      case BodyChange.Stream(List<Bytes> rope, boolean end) ->
          streamed(ProtoBytes.of(rope), end, answer, request);
    };
  }

  private static List<ProcessingResponse> streamed(
      ByteString bytes, boolean end, Outbound.BodyAnswer answer, boolean request) {
    List<ProcessingResponse> chunks = new ArrayList<>();
    int from = 0;
    do {
      int to = Math.min(from + MAX_STREAMED, bytes.size());
      StreamedBodyResponse chunk =
          StreamedBodyResponse.newBuilder()
              .setBody(bytes.substring(from, to))
              .setEndOfStream(end && to == bytes.size())
              .build();
      CommonResponse.Builder common =
          common(answer.edits(), answer.clearRoute())
              .setBodyMutation(BodyMutation.newBuilder().setStreamedResponse(chunk));
      chunks.add(body(common, answer, request));
      from = to;
    } while (from < bytes.size());
    return chunks;
  }

  private static ProcessingResponse body(
      CommonResponse.Builder common, Outbound.BodyAnswer answer, boolean request) {
    return body(common.build(), response(answer.metadata()), request);
  }

  private static ProcessingResponse body(
      CommonResponse common, ProcessingResponse.Builder response, boolean request) {
    BodyResponse body = BodyResponse.newBuilder().setResponse(common).build();
    return (request ? response.setRequestBody(body) : response.setResponseBody(body)).build();
  }

  private static ProcessingResponse trailers(boolean request) {
    TrailersResponse trailers = TrailersResponse.getDefaultInstance();
    ProcessingResponse.Builder response = ProcessingResponse.newBuilder();
    return (request
            ? response.setRequestTrailers(trailers)
            : response.setResponseTrailers(trailers))
        .build();
  }

  private static ProcessingResponse immediate(Outbound.Immediate immediate) {
    ImmediateResponse.Builder reply =
        ImmediateResponse.newBuilder()
            .setStatus(HttpStatus.newBuilder().setCode(StatusCode.forNumber(immediate.status())))
            .setHeaders(mutation(new HeaderEdits(Set.of(), immediate.headers())))
            .setBody(ProtoBytes.of(List.of(immediate.body())))
            .setDetails(immediate.details());
    return response(Map.of(Wire.REFUSED_KEY, true)).setImmediateResponse(reply).build();
  }

  private static CommonResponse.Builder common(HeaderEdits edits, boolean clearRoute) {
    CommonResponse.Builder common = CommonResponse.newBuilder().setClearRouteCache(clearRoute);
    if (!edits.isEmpty() || clearRoute) {
      common.setHeaderMutation(mutation(edits));
    }
    return common;
  }

  /** Only raw_value is filled and the deprecated append left alone: Envoy reads nothing else. */
  private static HeaderMutation mutation(HeaderEdits edits) {
    HeaderMutation.Builder mutation =
        HeaderMutation.newBuilder().addAllRemoveHeaders(edits.remove());
    edits
        .set()
        .forEach(
            (name, value) ->
                mutation.addSetHeaders(
                    HeaderValueOption.newBuilder()
                        .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                        .setHeader(
                            HeaderValue.newBuilder()
                                .setKey(name)
                                .setRawValue(ByteString.copyFromUtf8(value)))));
    return mutation.build();
  }

  private static ProcessingMode mode(Modes modes) {
    HeaderSendMode headers = modes.responseHeaders() ? HeaderSendMode.SEND : HeaderSendMode.SKIP;
    return ProcessingMode.newBuilder()
        .setRequestBodyMode(mode(modes.request()))
        .setResponseHeaderMode(headers)
        .setResponseBodyMode(mode(modes.response()))
        .build();
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

  private static ProcessingResponse.Builder response(Map<String, Object> metadata) {
    ProcessingResponse.Builder response = ProcessingResponse.newBuilder();
    if (!metadata.isEmpty()) {
      Struct.Builder own = Struct.newBuilder();
      metadata.forEach((key, value) -> own.putFields(key, value(value)));
      response.setDynamicMetadata(
          Struct.newBuilder()
              .putFields(Wire.NAMESPACE, Value.newBuilder().setStructValue(own).build()));
    }
    return response;
  }

  private static Value value(Object value) {
    return switch (value) {
      case Boolean flag -> Value.newBuilder().setBoolValue(flag).build();
      case Number number -> Value.newBuilder().setNumberValue(number.doubleValue()).build();
      default -> Value.newBuilder().setStringValue(value.toString()).build();
    };
  }
}
