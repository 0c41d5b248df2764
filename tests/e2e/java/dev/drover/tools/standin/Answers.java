package dev.drover.tools.standin;

import com.google.protobuf.BoolValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
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

/** Short ways to write ext_proc answers. */
final class Answers {
  private Answers() {}

  static CommonResponse.Builder common() {
    return CommonResponse.newBuilder();
  }

  static HeaderMutation.Builder mutation() {
    return HeaderMutation.newBuilder();
  }

  static HeaderValueOption.Builder raw(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(
            HeaderValue.newBuilder().setKey(name).setRawValue(ByteString.copyFromUtf8(value)));
  }

  @SuppressWarnings("deprecation")
  static HeaderValueOption.Builder appended(String name, String value) {
    return raw(name, value).setAppend(BoolValue.of(true));
  }

  static CommonResponse.Builder set(String name, String value) {
    return common().setHeaderMutation(mutation().addSetHeaders(raw(name, value)));
  }

  static CommonResponse.Builder body(String text) {
    return common()
        .setBodyMutation(BodyMutation.newBuilder().setBody(ByteString.copyFromUtf8(text)));
  }

  static CommonResponse.Builder clear() {
    return common().setBodyMutation(BodyMutation.newBuilder().setClearBody(true));
  }

  static CommonResponse.Builder streamed(String text, boolean end) {
    return common()
        .setBodyMutation(
            BodyMutation.newBuilder()
                .setStreamedResponse(
                    StreamedBodyResponse.newBuilder()
                        .setBody(ByteString.copyFromUtf8(text))
                        .setEndOfStream(end)));
  }

  static CommonResponse.Builder replace(String text) {
    return body(text).setStatus(ResponseStatus.CONTINUE_AND_REPLACE);
  }

  static ProcessingResponse.Builder requestHeaders(CommonResponse.Builder common) {
    return ProcessingResponse.newBuilder()
        .setRequestHeaders(HeadersResponse.newBuilder().setResponse(common));
  }

  static ProcessingResponse.Builder responseHeaders(CommonResponse.Builder common) {
    return ProcessingResponse.newBuilder()
        .setResponseHeaders(HeadersResponse.newBuilder().setResponse(common));
  }

  static ProcessingResponse.Builder requestBody(CommonResponse.Builder common) {
    return ProcessingResponse.newBuilder()
        .setRequestBody(BodyResponse.newBuilder().setResponse(common));
  }

  static ProcessingResponse.Builder responseBody(CommonResponse.Builder common) {
    return ProcessingResponse.newBuilder()
        .setResponseBody(BodyResponse.newBuilder().setResponse(common));
  }

  static ProcessingResponse.Builder requestTrailers(HeaderMutation.Builder mutation) {
    return ProcessingResponse.newBuilder()
        .setRequestTrailers(TrailersResponse.newBuilder().setHeaderMutation(mutation));
  }

  static ProcessingResponse.Builder responseTrailers(HeaderMutation.Builder mutation) {
    return ProcessingResponse.newBuilder()
        .setResponseTrailers(TrailersResponse.newBuilder().setHeaderMutation(mutation));
  }

  static ImmediateResponse.Builder reply(int status, String body) {
    return ImmediateResponse.newBuilder()
        .setStatus(HttpStatus.newBuilder().setCodeValue(status))
        .setBody(ByteString.copyFromUtf8(body));
  }

  static ProcessingResponse.Builder immediate(ImmediateResponse.Builder reply) {
    return ProcessingResponse.newBuilder().setImmediateResponse(reply);
  }

  static ProcessingResponse.Builder moreTime(long millis) {
    return ProcessingResponse.newBuilder().setOverrideMessageTimeout(Durations.fromMillis(millis));
  }

  static ProcessingResponse.Builder override(
      ProcessingResponse.Builder answer, ProcessingMode.Builder mode) {
    return answer.setModeOverride(mode);
  }

  static Struct metadata(String namespace, String key, String value) {
    Value text = Value.newBuilder().setStringValue(value).build();
    Struct inner = Struct.newBuilder().putFields(key, text).build();
    return Struct.newBuilder()
        .putFields(namespace, Value.newBuilder().setStructValue(inner).build())
        .build();
  }
}
