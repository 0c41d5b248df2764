package dev.drover.extproc.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.drover.message.BodyChange;
import dev.drover.message.BodyMode;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Outbound;
import dev.drover.message.ProcessingModes;
import dev.drover.testing.Cases;
import dev.drover.types.Bytes;
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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is written by hand is what protobuf's own builders and readers have. */
class ProcessingResponseWriterTest {
  private static final HeaderEdits EDITS = new HeaderEdits(Set.of("x-gone"), Map.of("x-set", "ü"));
  private static final HeaderMutation MUTATION =
      HeaderMutation.newBuilder()
          .addRemoveHeaders("x-gone")
          .addSetHeaders(set("x-set", "ü"))
          .build();
  private static final List<Bytes> ROPE = List.of(Bytes.utf8("a"), Bytes.utf8("bc"), Bytes.EMPTY);

  private static HeaderValueOption set(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
        .setHeader(
            HeaderValue.newBuilder().setKey(name).setRawValue(ByteString.copyFromUtf8(value)))
        .build();
  }

  private static List<ProcessingResponse> sent(Outbound outbound, boolean request) {
    return ProcessingResponseWriter.of(outbound, request).stream()
        .map(OutMessage::toByteArray)
        .map(ProcessingResponseWriterTest::parsed)
        .toList();
  }

  private static ProcessingResponse parsed(byte[] message) {
    try {
      return ProcessingResponse.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static BodyResponse body(CommonResponse.Builder common) {
    return BodyResponse.newBuilder().setResponse(common).build();
  }

  private static HeadersResponse headers(CommonResponse.Builder common) {
    return HeadersResponse.newBuilder().setResponse(common).build();
  }

  private static Struct own(Map<String, Value> fields) {
    Value all = Value.newBuilder().setStructValue(Struct.newBuilder().putAllFields(fields)).build();
    return Struct.newBuilder().putFields("dev.drover", all).build();
  }

  @Test
  void whatGoesOn_isSaidInFewBytes() {
    Outbound headers = Outbound.headers(HeaderEdits.NONE);
    Outbound body = Outbound.body(BodyChange.KEEP);
    CommonResponse.Builder nothing = CommonResponse.newBuilder();
    assertThat(sent(headers, true))
        .containsExactly(
            ProcessingResponse.newBuilder().setRequestHeaders(headers(nothing)).build());
    assertThat(sent(headers, false))
        .containsExactly(
            ProcessingResponse.newBuilder().setResponseHeaders(headers(nothing)).build());
    assertThat(sent(body, true))
        .containsExactly(ProcessingResponse.newBuilder().setRequestBody(body(nothing)).build());
    assertThat(sent(body, false))
        .containsExactly(ProcessingResponse.newBuilder().setResponseBody(body(nothing)).build());
    assertThat(ProcessingResponseWriter.of(body, false).getFirst())
        .isSameAs(ProcessingResponseWriter.of(Outbound.body(BodyChange.KEEP), false).getFirst());
  }

  @Test
  void headersAnswers_haveEditsModesAndABody() {
    ProcessingModes modes =
        new ProcessingModes(BodyMode.BUFFERED_PARTIAL, BodyMode.FULL_DUPLEX_STREAMED, false);
    assertThat(sent(new Outbound.HeadersResponse(EDITS, modes, true, ROPE, Map.of("n", 7L)), true))
        .containsExactly(
            ProcessingResponse.newBuilder()
                .setRequestHeaders(
                    headers(
                        CommonResponse.newBuilder()
                            .setStatus(ResponseStatus.CONTINUE_AND_REPLACE)
                            .setClearRouteCache(true)
                            .setHeaderMutation(MUTATION)
                            .setBodyMutation(
                                BodyMutation.newBuilder().setBody(ByteString.copyFromUtf8("abc")))))
                .setModeOverride(
                    ProcessingMode.newBuilder()
                        .setRequestBodyMode(BodySendMode.BUFFERED_PARTIAL)
                        .setResponseBodyMode(BodySendMode.FULL_DUPLEX_STREAMED)
                        .setResponseHeaderMode(HeaderSendMode.SKIP))
                .setDynamicMetadata(own(Map.of("n", Value.newBuilder().setNumberValue(7).build())))
                .build());
  }

  @Test
  void bodies_areReplacedClearedOrStreamed() {
    Map<String, Object> metadata = Map.of("text", "ü", "flag", false, "number", -1.5);
    Struct told =
        own(
            Map.of(
                "text", Value.newBuilder().setStringValue("ü").build(),
                "flag", Value.newBuilder().setBoolValue(false).build(),
                "number", Value.newBuilder().setNumberValue(-1.5).build()));
    assertThat(
            sent(
                new Outbound.BodyResponse(new BodyChange.Replace(ROPE), EDITS, false, metadata),
                false))
        .containsExactly(
            ProcessingResponse.newBuilder()
                .setResponseBody(
                    body(
                        CommonResponse.newBuilder()
                            .setHeaderMutation(MUTATION)
                            .setBodyMutation(
                                BodyMutation.newBuilder().setBody(ByteString.copyFromUtf8("abc")))))
                .setDynamicMetadata(told)
                .build());
    assertThat(sent(Outbound.body(new BodyChange.Replace(List.of())), true))
        .containsExactly(
            ProcessingResponse.newBuilder()
                .setRequestBody(
                    body(
                        CommonResponse.newBuilder()
                            .setBodyMutation(BodyMutation.newBuilder().setClearBody(true))))
                .build());
    Outbound end =
        new Outbound.BodyResponse(
            new BodyChange.Stream(List.of(), true), HeaderEdits.NONE, true, Map.of());
    assertThat(sent(end, true))
        .containsExactly(
            ProcessingResponse.newBuilder()
                .setRequestBody(
                    body(
                        CommonResponse.newBuilder()
                            .setClearRouteCache(true)
                            .setHeaderMutation(HeaderMutation.getDefaultInstance())
                            .setBodyMutation(
                                BodyMutation.newBuilder()
                                    .setStreamedResponse(
                                        StreamedBodyResponse.newBuilder().setEndOfStream(true)))))
                .build());
  }

  @Test
  void longStreamedBodies_comeInChunksOfWhichTheLastEndsThem() {
    String text = "0123456789".repeat(20_000);
    List<Bytes> rope =
        List.of(Bytes.utf8(text.substring(0, 70_001)), Bytes.utf8(text.substring(70_001)));
    List<ProcessingResponse> chunks = sent(Outbound.body(new BodyChange.Stream(rope, true)), false);
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < chunks.size(); i++) {
      StreamedBodyResponse part =
          chunks.get(i).getResponseBody().getResponse().getBodyMutation().getStreamedResponse();
      assertThat(part.getBody().size()).isLessThanOrEqualTo(62_000);
      assertThat(part.getEndOfStream()).isEqualTo(i == chunks.size() - 1);
      joined.append(part.getBody().toStringUtf8());
    }
    assertThat(joined.toString()).isEqualTo(text);
  }

  @Test
  void trailersAndOwnAnswers() {
    assertThat(sent(new Outbound.TrailersResponse(), true))
        .containsExactly(
            ProcessingResponse.newBuilder()
                .setRequestTrailers(TrailersResponse.getDefaultInstance())
                .build());
    assertThat(sent(new Outbound.TrailersResponse(), false))
        .containsExactly(
            ProcessingResponse.newBuilder()
                .setResponseTrailers(TrailersResponse.getDefaultInstance())
                .build());
    assertThat(
            sent(
                new Outbound.ImmediateResponse(
                    429, Map.of("retry-after", "1"), Bytes.utf8("no"), "full"),
                true))
        .containsExactly(
            ProcessingResponse.newBuilder()
                .setImmediateResponse(
                    ImmediateResponse.newBuilder()
                        .setStatus(HttpStatus.newBuilder().setCode(StatusCode.TooManyRequests))
                        .setHeaders(
                            HeaderMutation.newBuilder().addSetHeaders(set("retry-after", "1")))
                        .setBody(ByteString.copyFromUtf8("no"))
                        .setDetails("full"))
                .setDynamicMetadata(
                    own(Map.of("refused", Value.newBuilder().setBoolValue(true).build())))
                .build());
  }

  /** Also where lengths need more bytes, and the writer more room. */
  @Test
  void anyHeadersAndBodies_comeThrough() {
    Cases.each(
        random -> {
          Map<String, String> headers = new LinkedHashMap<>();
          for (int i = random.nextInt(5); i > 0; i--) {
            headers.put("x-" + i, "é".repeat(random.nextInt(400)));
          }
          byte[] large = new byte[random.nextInt(40_000)];
          random.nextBytes(large);
          List<Bytes> rope = List.of(Bytes.of(large), Bytes.utf8("end"));
          OutMessage message =
              ProcessingResponseWriter.of(
                      new Outbound.BodyResponse(
                          new BodyChange.Replace(rope),
                          new HeaderEdits(Set.of(), headers),
                          false,
                          Map.of("long", "l".repeat(random.nextInt(2_000)))),
                      true)
                  .getFirst();
          ProcessingResponse read = parsed(message.toByteArray());
          CommonResponse common = read.getRequestBody().getResponse();
          assertThat(common.getBodyMutation().getBody())
              .isEqualTo(ByteString.copyFrom(large).concat(ByteString.copyFromUtf8("end")));
          Map<String, String> seen = new LinkedHashMap<>();
          common
              .getHeaderMutation()
              .getSetHeadersList()
              .forEach(
                  each ->
                      seen.put(
                          each.getHeader().getKey(),
                          each.getHeader().getRawValue().toStringUtf8()));
          assertThat(seen).isEqualTo(headers);
        });
  }

  @Test
  void aMessage_isReadWholeInWhateverWay() throws IOException {
    OutMessage message =
        ProcessingResponseWriter.of(Outbound.body(new BodyChange.Replace(ROPE)), true).getFirst();
    byte[] whole = message.toByteArray();
    ByteArrayOutputStream drained = new ByteArrayOutputStream();
    InputStream stream = message.stream();
    assertThat(stream.available()).isEqualTo(whole.length);
    assertThat(((io.grpc.Drainable) stream).drainTo(drained)).isEqualTo(whole.length);
    assertThat(drained.toByteArray()).isEqualTo(whole);
    assertThat(stream.available()).isZero();
    InputStream read = message.stream();
    assertThat(read.read()).isEqualTo(whole[0]);
    assertThat(read.readAllBytes()).hasSize(whole.length - 1);
  }

  @Test
  void streamedRope_isCutIntoChunks_andNeverCopied() {
    Cases.each(
        random -> {
          List<Bytes> rope = new ArrayList<>();
          for (int i = random.nextInt(6); i > 0; i--) {
            byte[] part = new byte[random.nextInt(150_000)];
            random.nextBytes(part);
            rope.add(Bytes.of(part));
          }
          List<OutMessage> chunks =
              ProcessingResponseWriter.of(Outbound.body(new BodyChange.Stream(rope, true)), true);
          Set<byte[]> given = Collections.newSetFromMap(new IdentityHashMap<>());
          rope.forEach(part -> given.add(part.array()));
          ByteArrayOutputStream all = new ByteArrayOutputStream();
          for (OutMessage chunk : chunks) {
            var streamed =
                parsed(chunk.toByteArray())
                    .getRequestBody()
                    .getResponse()
                    .getBodyMutation()
                    .getStreamedResponse();
            all.writeBytes(streamed.getBody().toByteArray());
            assertThat(streamed.getBody().size()).isLessThanOrEqualTo(64 * 1024);
            assertThat(streamed.getEndOfStream()).isEqualTo(chunk == chunks.getLast());
            long own =
                chunk.parts().stream()
                    .filter(part -> given.contains(part.array()))
                    .mapToLong(Bytes::length)
                    .sum();
            assertThat(own).as("bytes that were not copied").isEqualTo(streamed.getBody().size());
          }
          assertThat(all.toByteArray()).isEqualTo(Bytes.join(rope).toArray());
        });
  }
}
