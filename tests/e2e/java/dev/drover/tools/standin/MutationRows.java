package dev.drover.tools.standin;

import static dev.drover.tools.standin.Answers.appended;
import static dev.drover.tools.standin.Answers.body;
import static dev.drover.tools.standin.Answers.common;
import static dev.drover.tools.standin.Answers.immediate;
import static dev.drover.tools.standin.Answers.mutation;
import static dev.drover.tools.standin.Answers.override;
import static dev.drover.tools.standin.Answers.raw;
import static dev.drover.tools.standin.Answers.replace;
import static dev.drover.tools.standin.Answers.reply;
import static dev.drover.tools.standin.Answers.requestBody;
import static dev.drover.tools.standin.Answers.requestHeaders;
import static dev.drover.tools.standin.Answers.responseBody;
import static dev.drover.tools.standin.Answers.responseHeaders;
import static dev.drover.tools.standin.Answers.set;
import static dev.drover.tools.standin.Row.row;
import static io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode.BUFFERED;
import static io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode.FULL_DUPLEX_STREAMED;
import static io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode.NONE;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.REQUEST_BODY;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.REQUEST_HEADERS;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.RESPONSE_BODY;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.RESPONSE_HEADERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse.ResponseStatus;
import io.envoyproxy.envoy.service.ext_proc.v3.HeaderMutation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Scenarios 80 to 121: mode_override, mutations, CONTINUE_AND_REPLACE, ImmediateResponse. */
final class MutationRows {
  private static final String ALLOWED = "allow_mode_override: true";

  private MutationRows() {}

  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.addAll(overrides());
    rows.addAll(headers());
    rows.addAll(routes());
    rows.addAll(replaces());
    rows.addAll(immediates());
    return rows;
  }

  private static ProcessingMode.Builder mode(BodySendMode request, BodySendMode response) {
    return ProcessingMode.newBuilder().setRequestBodyMode(request).setResponseBodyMode(response);
  }

  private static void answerHeaders(Lab lab, ProcessingMode.Builder mode) {
    lab.on(REQUEST_HEADERS, (_, s) -> s.send(override(requestHeaders(common()), mode)));
  }

  private static List<Row> overrides() {
    return List.of(
        row(
            80,
            "allow_mode_override false: ignored",
            lab -> {
              answerHeaders(lab, mode(BUFFERED, NONE));
              lab.post("hello");
              assertThat(lab.server.kinds()).containsExactly(REQUEST_HEADERS, RESPONSE_HEADERS);
            }),
        row(
            81,
            "allowed: a request_headers answer turns request BUFFERED on",
            lab -> {
              lab.filter(ALLOWED);
              answerHeaders(lab, mode(BUFFERED, NONE));
              lab.post("hello");
              assertThat(lab.server.kinds())
                  .containsExactly(REQUEST_HEADERS, REQUEST_BODY, RESPONSE_HEADERS);
            }),
        row(
            82,
            "an override with response_body_mode alone turns the request body off",
            lab -> {
              lab.filter(ALLOWED + "\n" + Lab.BUFFERED);
              answerHeaders(lab, ProcessingMode.newBuilder().setResponseBodyMode(BUFFERED));
              lab.post("hello");
              assertThat(lab.server.kinds())
                  .containsExactly(REQUEST_HEADERS, RESPONSE_HEADERS, RESPONSE_BODY);
            }),
        row(
            83,
            "an override in a body answer is ignored",
            lab -> {
              lab.filter(ALLOWED + "\n" + Lab.BUFFERED);
              lab.on(
                  REQUEST_BODY,
                  (_, s) -> s.send(override(requestBody(common()), mode(NONE, BUFFERED))));
              lab.post("hello");
              assertThat(lab.server.kinds()).doesNotContain(RESPONSE_BODY);
            }),
        row(
            84,
            "allowed_override_modes without an equal entry: ignored",
            lab -> {
              lab.filter(ALLOWED + "\nallowed_override_modes: [ { request_body_mode: STREAMED } ]");
              answerHeaders(lab, mode(BUFFERED, NONE));
              lab.post("hello");
              assertThat(lab.server.kinds()).doesNotContain(REQUEST_BODY);
            }),
        row(
            85,
            "an entry that differs in request_header_mode only: accepted",
            lab -> {
              lab.filter(
                  ALLOWED
                      + "\nallowed_override_modes: [ { request_header_mode: SKIP, request_body_mode: BUFFERED } ]");
              answerHeaders(lab, mode(BUFFERED, NONE));
              lab.post("hello");
              assertThat(lab.server.kinds()).contains(REQUEST_BODY);
            }),
        row(
            86,
            "send_body_without_waiting: ignored",
            lab -> {
              lab.filter(
                  ALLOWED
                      + "\n"
                      + Lab.STREAMED
                      + "\nsend_body_without_waiting_for_header_response: true");
              answerHeaders(lab, mode(BUFFERED, BUFFERED));
              lab.post("hello");
              assertThat(lab.server.kinds()).doesNotContain(RESPONSE_BODY);
            }),
        row(
            87,
            "filter-level FULL_DUPLEX: ignored",
            lab -> {
              lab.filter(
                  ALLOWED
                      + "\nprocessing_mode: { response_body_mode: FULL_DUPLEX_STREAMED, response_trailer_mode: SEND }");
              answerHeaders(lab, mode(BUFFERED, NONE));
              lab.on(
                  RESPONSE_BODY,
                  (r, s) ->
                      s.send(
                          responseBody(
                              Answers.streamed("x", r.getResponseBody().getEndOfStream()))));
              lab.post("hello");
              assertThat(lab.server.kinds()).doesNotContain(REQUEST_BODY).contains(RESPONSE_BODY);
            }),
        row(
            88,
            "an override sets response headers SKIP: no message",
            lab -> {
              lab.filter(ALLOWED);
              answerHeaders(lab, mode(NONE, NONE).setResponseHeaderMode(HeaderSendMode.SKIP));
              assertThat(lab.get().status()).isEqualTo(200);
              assertThat(lab.server.kinds()).containsExactly(REQUEST_HEADERS);
            }),
        row(
            75,
            "mode_override NONE to FULL_DUPLEX in a headers answer",
            lab -> {
              lab.filter(ALLOWED);
              answerHeaders(
                  lab, mode(FULL_DUPLEX_STREAMED, NONE).setRequestTrailerMode(HeaderSendMode.SEND));
              lab.on(
                  REQUEST_BODY,
                  (r, s) ->
                      s.send(
                          requestBody(
                              Answers.streamed("mine", r.getRequestBody().getEndOfStream()))));
              lab.postChunked("one");
              assertThat(lab.arrived().body()).startsWith("mine");
            }));
  }

  private static void change(Lab lab, HeaderMutation.Builder mutation) {
    lab.on(REQUEST_HEADERS, (_, s) -> s.send(requestHeaders(common().setHeaderMutation(mutation))));
  }

  private static List<Row> headers() {
    return List.of(
        row(
            89,
            "raw_value overwrites; of two the last wins",
            lab -> {
              change(lab, mutation().addSetHeaders(raw("x-a", "1")).addSetHeaders(raw("x-a", "2")));
              lab.raw("GET / HTTP/1.1\r\nhost: a\r\nx-a: old\r\nx-a: older\r\n\r\n");
              assertThat(lab.arrived().headers()).containsEntry("x-a", "2");
            }),
        row(
            90,
            "append adds a second value",
            lab -> {
              change(lab, mutation().addSetHeaders(appended("x-a", "2")));
              lab.raw("GET / HTTP/1.1\r\nhost: a\r\nx-a: 1\r\n\r\n");
              assertThat(lab.arrived().headers()).containsEntry("x-a", "1,2");
            }),
        row(
            91,
            "append_action without append still overwrites",
            lab -> {
              change(
                  lab,
                  mutation()
                      .addSetHeaders(
                          raw("x-a", "2")
                              .setAppendAction(HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)));
              lab.raw("GET / HTTP/1.1\r\nhost: a\r\nx-a: 1\r\n\r\n");
              assertThat(lab.arrived().headers()).containsEntry("x-a", "2");
            }),
        row(
            92,
            "value alone sets the empty string",
            lab -> {
              change(
                  lab,
                  mutation()
                      .addSetHeaders(
                          HeaderValueOption.newBuilder()
                              .setHeader(HeaderValue.newBuilder().setKey("x-a").setValue("lost"))));
              lab.get();
              assertThat(lab.arrived().headers()).containsEntry("x-a", "");
            }),
        row(
            93,
            "value and raw_value: raw_value counts",
            lab -> {
              HeaderValue both =
                  HeaderValue.newBuilder()
                      .setKey("x-a")
                      .setValue("1")
                      .setRawValue(ByteString.copyFromUtf8("2"))
                      .build();
              change(lab, mutation().addSetHeaders(HeaderValueOption.newBuilder().setHeader(both)));
              assertThat(lab.get().status()).isEqualTo(200);
              assertThat(lab.arrived().headers()).containsEntry("x-a", "2");
            }),
        row(
            94,
            "remove and set of one name: present",
            lab -> {
              change(lab, mutation().addRemoveHeaders("x-a").addSetHeaders(raw("x-a", "new")));
              lab.raw("GET / HTTP/1.1\r\nhost: a\r\nx-a: 1\r\n\r\n");
              assertThat(lab.arrived().headers()).containsEntry("x-a", "new");
            }),
        row(
            95,
            "routing headers and x-envoy-*: ignored and counted",
            lab -> {
              change(
                  lab,
                  mutation()
                      .addSetHeaders(raw("host", "evil"))
                      .addSetHeaders(raw(":method", "DELETE"))
                      .addSetHeaders(raw(":scheme", "https"))
                      .addSetHeaders(raw("x-envoy-foo", "1")));
              assertThat(lab.get().status()).isEqualTo(200);
              RawHttp.Message arrived = lab.arrived();
              assertThat(arrived.method()).isEqualTo("GET");
              assertThat(arrived.headers())
                  .containsEntry("host", "a")
                  .doesNotContainKey("x-envoy-foo");
              assertThat(lab.count("rejected_header_mutations")).isEqualTo(4);
            }),
        row(
            96,
            ":path may be set; with clear_route_cache it chooses another route",
            lab -> {
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      s.send(requestHeaders(set(":path", "/other/x").setClearRouteCache(true))));
              lab.get();
              assertThat(lab.other.received.poll(60, TimeUnit.SECONDS).path())
                  .isEqualTo("/other/x");
            }),
        row(
            97,
            ":status 201 reaches the client, 100 and text are ignored",
            lab -> {
              lab.on(RESPONSE_HEADERS, (_, s) -> s.send(responseHeaders(set(":status", "201"))));
              assertThat(lab.get().status()).isEqualTo(201);
              lab.on(RESPONSE_HEADERS, (_, s) -> s.send(responseHeaders(set(":status", "100"))));
              assertThat(lab.get().status()).isEqualTo(200);
              lab.on(RESPONSE_HEADERS, (_, s) -> s.send(responseHeaders(set(":status", "fine"))));
              assertThat(lab.get().status()).isEqualTo(200);
            }),
        row(
            98,
            "disallow_is_error and a blocked header: 500",
            lab -> {
              lab.filter("mutation_rules: { disallow_is_error: true }");
              change(lab, mutation().addSetHeaders(raw("x-envoy-foo", "1")));
              assertThat(lab.get().status()).isEqualTo(500);
            }),
        row(
            99,
            "default rules and blocked headers: 200",
            lab -> {
              change(lab, mutation().addSetHeaders(raw("x-envoy-foo", "1")));
              assertThat(lab.get().status()).isEqualTo(200);
            }),
        row(
            100,
            "a blank in a name or a newline in a value: 500",
            lab -> {
              change(lab, mutation().addSetHeaders(raw("x a", "1")));
              assertThat(lab.get().status()).isEqualTo(500);
              change(lab, mutation().addSetHeaders(raw("x-a", "1\n2")));
              assertThat(lab.get().status()).isEqualTo(500);
            }),
        row(
            101,
            "over 100 set_headers, or a result over 60 KiB: 500",
            lab -> {
              HeaderMutation.Builder many = mutation();
              for (int i = 0; i < 101; i++) {
                many.addSetHeaders(raw("x-a", "1"));
              }
              change(lab, many);
              assertThat(lab.get().status()).isEqualTo(500);
              change(lab, mutation().addSetHeaders(raw("x-a", "v".repeat(62_000))));
              assertThat(lab.get().status()).isEqualTo(500);
            }),
        row(
            102,
            "disallow_expression beats allow_expression",
            lab -> {
              lab.filter(
                  "mutation_rules: { allow_expression: { regex: 'x-.*' }, disallow_expression: { regex: 'x-bad' } }");
              change(
                  lab,
                  mutation().addSetHeaders(raw("x-bad", "1")).addSetHeaders(raw("x-good", "1")));
              lab.get();
              assertThat(lab.arrived().headers()).containsKey("x-good").doesNotContainKey("x-bad");
            }));
  }

  private static List<Row> routes() {
    return List.of(
        row(
            103,
            "clear_route_cache without header_mutation: ignored and counted",
            lab -> {
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) -> s.send(requestHeaders(common().setClearRouteCache(true))));
              lab.get();
              assertThat(lab.count("clear_route_cache_ignored")).isEqualTo(1);
            }),
        row(
            104,
            "route_cache_action CLEAR: a header mutation clears on its own",
            lab -> {
              lab.filter("route_cache_action: CLEAR");
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(requestHeaders(set("x-to", "other"))));
              lab.get();
              assertThat(lab.other.received.poll(60, TimeUnit.SECONDS)).isNotNull();
            }),
        row(
            105,
            "route_cache_action RETAIN: not cleared, counted",
            lab -> {
              lab.filter("route_cache_action: RETAIN");
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) -> s.send(requestHeaders(set("x-to", "other").setClearRouteCache(true))));
              lab.get();
              lab.arrived();
              assertThat(lab.other.received).isEmpty();
              assertThat(lab.count("clear_route_cache_disabled")).isEqualTo(1);
            }));
  }

  private static List<Row> replaces() {
    return List.of(
        row(
            107,
            "GET becomes POST with a body",
            lab -> {
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      s.send(
                          requestHeaders(
                              replace("made up")
                                  .setHeaderMutation(
                                      mutation().addSetHeaders(raw(":method", "POST"))))));
              lab.get();
              RawHttp.Message arrived = lab.arrived();
              assertThat(arrived.method()).isEqualTo("POST");
              assertThat(arrived.body()).isEqualTo("made up");
            }),
        row(
            108,
            "POST BUFFERED: replaced, the original body is never shown, response phases go on",
            lab -> {
              lab.filter(Lab.BUFFERED);
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(requestHeaders(replace("instead"))));
              lab.post("original");
              assertThat(lab.arrived().body()).isEqualTo("instead");
              assertThat(lab.server.kinds()).containsExactly(REQUEST_HEADERS, RESPONSE_HEADERS);
            }),
        row(
            109,
            "response headers: the response body is replaced, content-length removed",
            lab -> {
              lab.on(RESPONSE_HEADERS, (_, s) -> s.send(responseHeaders(replace("instead"))));
              RawHttp.Message answer = lab.get();
              assertThat(answer.body()).isEqualTo("instead");
              assertThat(answer.headers()).doesNotContainKey("content-length");
            }),
        row(
            110,
            "a headers answer with CONTINUE and a body_mutation: the body is ignored",
            lab -> {
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(requestHeaders(body("ignored"))));
              lab.post("original");
              assertThat(lab.arrived().body()).isEqualTo("original");
            }),
        row(
            111,
            "CONTINUE_AND_REPLACE without a body: the original passes, not shown",
            lab -> {
              lab.filter(Lab.BUFFERED);
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      s.send(
                          requestHeaders(common().setStatus(ResponseStatus.CONTINUE_AND_REPLACE))));
              lab.post("original");
              assertThat(lab.arrived().body()).isEqualTo("original");
              assertThat(lab.server.kinds()).doesNotContain(REQUEST_BODY);
            }));
  }

  private static List<Row> immediates() {
    return List.of(
        row(
            112,
            "on request_headers: the client gets it, the upstream nothing",
            lab -> {
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      s.send(
                          immediate(
                              reply(401, "no entry")
                                  .setHeaders(mutation().addSetHeaders(raw("x-why", "key"))))));
              RawHttp.Message answer = lab.get();
              assertThat(answer.status()).isEqualTo(401);
              assertThat(answer.body()).isEqualTo("no entry");
              assertThat(answer.headers()).containsEntry("x-why", "key");
              assertThat(lab.upstream.received).isEmpty();
              assertThat(lab.count("immediate_responses_sent")).isEqualTo(1);
            }),
        row(
            113,
            "on a STREAMED request body: 400",
            lab -> {
              lab.filter(Lab.STREAMED);
              lab.on(REQUEST_BODY, (_, s) -> s.send(immediate(reply(400, "bad"))));
              assertThat(lab.postChunked("one", "two").status()).isEqualTo(400);
            }),
        row(
            114,
            "on response_headers: replaces the answer",
            lab -> {
              lab.on(RESPONSE_HEADERS, (_, s) -> s.send(immediate(reply(418, "tea"))));
              assertThat(lab.get().body()).isEqualTo("tea");
            }),
        row(
            115,
            "on a BUFFERED response body: replaces, earlier mutations are gone",
            lab -> {
              lab.filter("processing_mode: { response_body_mode: BUFFERED }");
              lab.on(RESPONSE_HEADERS, (_, s) -> s.send(responseHeaders(set("x-early", "1"))));
              lab.on(RESPONSE_BODY, (_, s) -> s.send(immediate(reply(418, "tea"))));
              RawHttp.Message answer = lab.get();
              assertThat(answer.status()).isEqualTo(418);
              assertThat(answer.headers()).doesNotContainKey("x-early");
            }),
        row(
            116,
            "on a STREAMED response body after headers are out: reset",
            lab -> {
              lab.filter("processing_mode: { response_body_mode: STREAMED }");
              lab.upstream.answer =
                  (_, out) -> {
                    RawUpstream.write(out, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
                    Thread.sleep(150);
                    RawUpstream.write(out, RawHttp.chunked("late"));
                  };
              lab.on(RESPONSE_BODY, (_, s) -> s.send(immediate(reply(418, "tea"))));
              RawHttp.Message answer = lab.get();
              assertThat(answer.status()).isEqualTo(200);
              assertThat(answer.complete()).isFalse();
            }),
        row(
            117,
            "status 100 or absent: 200",
            lab -> {
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(immediate(reply(100, "fine"))));
              assertThat(lab.get().status()).isEqualTo(200);
            }),
        row(
            118,
            "illegal characters in its headers: the reply is sent all the same",
            lab -> {
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      s.send(
                          immediate(
                              reply(401, "no")
                                  .setHeaders(mutation().addSetHeaders(raw("x a", "1"))))));
              assertThat(lab.get().status()).isEqualTo(401);
            }),
        row(
            119,
            ":method or x-envoy-* in its headers: those are dropped",
            lab -> {
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      s.send(
                          immediate(
                              reply(401, "no")
                                  .setHeaders(
                                      mutation()
                                          .addSetHeaders(raw("x-envoy-foo", "1"))
                                          .addSetHeaders(raw("x-ok", "1"))))));
              assertThat(lab.get().headers()).containsKey("x-ok").doesNotContainKey("x-envoy-foo");
            }),
        row(
            120,
            "a binary body: unchanged bytes",
            lab -> {
              ByteString binary = ByteString.copyFrom(new byte[] {0, 1, 2, 'z', 0});
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(immediate(reply(200, "").setBody(binary))));
              assertThat(lab.get().body()).isEqualTo(binary.toStringUtf8());
            }),
        row(
            121,
            "no content-type given: text/plain",
            lab -> {
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(immediate(reply(200, "text"))));
              assertThat(lab.get().headers()).containsEntry("content-type", "text/plain");
            }));
  }
}
