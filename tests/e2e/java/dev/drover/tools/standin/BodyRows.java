package dev.drover.tools.standin;

import static dev.drover.tools.standin.Answers.body;
import static dev.drover.tools.standin.Answers.clear;
import static dev.drover.tools.standin.Answers.common;
import static dev.drover.tools.standin.Answers.mutation;
import static dev.drover.tools.standin.Answers.raw;
import static dev.drover.tools.standin.Answers.requestBody;
import static dev.drover.tools.standin.Answers.requestHeaders;
import static dev.drover.tools.standin.Answers.requestTrailers;
import static dev.drover.tools.standin.Answers.responseBody;
import static dev.drover.tools.standin.Answers.responseTrailers;
import static dev.drover.tools.standin.Answers.set;
import static dev.drover.tools.standin.Answers.streamed;
import static dev.drover.tools.standin.Lab.eventually;
import static dev.drover.tools.standin.Row.row;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.REQUEST_BODY;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.REQUEST_HEADERS;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.REQUEST_TRAILERS;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.RESPONSE_BODY;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.RESPONSE_HEADERS;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.RESPONSE_TRAILERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.service.ext_proc.v3.HeaderMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Scenarios 38 to 79: BUFFERED, STREAMED, BUFFERED_PARTIAL, FULL_DUPLEX, trailers. */
final class BodyRows {
  private static final String BOTH_BUFFERED =
      "processing_mode: { request_body_mode: BUFFERED, response_body_mode: BUFFERED }";
  private static final String RESPONSE_BUFFERED =
      "processing_mode: { response_body_mode: BUFFERED }";
  private static final String RESPONSE_STREAMED =
      "processing_mode: { response_body_mode: STREAMED }";
  private static final String PARTIAL = "processing_mode: { request_body_mode: BUFFERED_PARTIAL }";
  private static final String DUPLEX =
      "processing_mode: { request_body_mode: FULL_DUPLEX_STREAMED, request_trailer_mode: SEND }";
  private static final String WITH_TRAILERS =
      "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-t: 1\r\n\r\n";

  private BodyRows() {}

  static List<Row> rows() {
    List<Row> rows = new CopyOnWriteArrayList<>();
    rows.addAll(buffered());
    rows.addAll(streamedRows());
    rows.addAll(partialAndDuplex());
    rows.addAll(trailers());
    return rows;
  }

  private static List<Row> buffered() {
    return List.of(
        row(
            38,
            "BUFFERED, several frames: one message with all bytes",
            lab -> {
              lab.filter(Lab.BUFFERED);
              lab.postChunked("one", "two");
              ProcessingRequest message = lab.server.received.get(1);
              assertThat(message.getRequestBody().getBody().toStringUtf8()).isEqualTo("onetwo");
              assertThat(message.getRequestBody().getEndOfStream()).isTrue();
            }),
        row(
            39,
            "the same with the body there before the headers answer",
            lab -> {
              lab.filter(Lab.BUFFERED);
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS)
                          .execute(() -> s.send(requestHeaders(common()))));
              lab.post("hello");
              assertThat(lab.server.kinds())
                  .containsExactly(REQUEST_HEADERS, REQUEST_BODY, RESPONSE_HEADERS);
            }),
        row(
            40,
            "BUFFERED, replaced body, wrong content-length: 500",
            lab -> {
              lab.filter(Lab.BUFFERED);
              lab.on(REQUEST_BODY, (_, s) -> s.send(requestBody(body("longer than before"))));
              assertThat(lab.post("hello").status()).isEqualTo(500);
            }),
        row(
            41,
            "the same with the right content-length: accepted",
            lab -> {
              lab.filter(Lab.BUFFERED);
              lab.on(
                  REQUEST_BODY,
                  (_, s) ->
                      s.send(
                          requestBody(
                              body("longer")
                                  .setHeaderMutation(
                                      mutation().addSetHeaders(raw("content-length", "6"))))));
              assertThat(lab.post("hello").status()).isEqualTo(200);
              RawHttp.Message arrived = lab.arrived();
              assertThat(arrived.body()).isEqualTo("longer");
              assertThat(arrived.headers()).containsEntry("content-length", "6");
            }),
        row(
            42,
            "the same with content-length removed: chunked",
            lab -> {
              lab.filter(Lab.BUFFERED);
              lab.on(
                  REQUEST_BODY,
                  (_, s) ->
                      s.send(
                          requestBody(
                              body("longer")
                                  .setHeaderMutation(
                                      mutation().addRemoveHeaders("content-length")))));
              lab.post("hello");
              assertThat(lab.arrived().headers()).containsEntry("transfer-encoding", "chunked");
            }),
        row(
            43,
            "response BUFFERED without its headers: new body, length removed",
            lab -> {
              lab.filter(
                  "processing_mode: { response_header_mode: SKIP, response_body_mode: BUFFERED }");
              lab.on(RESPONSE_BODY, (_, s) -> s.send(responseBody(body("changed"))));
              RawHttp.Message answer = lab.get();
              assertThat(answer.body()).isEqualTo("changed");
              assertThat(answer.headers()).doesNotContainKey("content-length");
            }),
        row(
            44,
            "BUFFERED both, clear_body without content-length: empty bodies",
            lab -> {
              lab.filter(BOTH_BUFFERED);
              lab.upstream.answer =
                  (_, out) ->
                      RawUpstream.write(
                          out,
                          "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                              + RawHttp.chunked("abc"));
              lab.on(REQUEST_BODY, (_, s) -> s.send(requestBody(clear())));
              lab.on(RESPONSE_BODY, (_, s) -> s.send(responseBody(clear())));
              assertThat(lab.postChunked("hello").body()).isEmpty();
              assertThat(lab.arrived().body()).isEmpty();
            }),
        row(
            45,
            "BUFFERED, over the limit, headers answered: 413",
            lab -> {
              lab.filter(Lab.BUFFERED).bufferLimit(1000);
              assertThat(lab.postChunked("x".repeat(600), "y".repeat(600)).status()).isEqualTo(413);
            }),
        row(
            46,
            "BUFFERED, over the limit while the headers answer is awaited: 413",
            lab -> {
              lab.filter(Lab.BUFFERED + "\nmessage_timeout: 5s").bufferLimit(1000);
              lab.on(REQUEST_HEADERS, (_, _) -> {});
              assertThat(lab.post("x".repeat(2000)).status()).isEqualTo(413);
            }),
        row(
            47,
            "response BUFFERED over the limit: 500",
            lab -> {
              lab.filter(RESPONSE_BUFFERED).bufferLimit(1000);
              lab.upstream.answer =
                  (_, out) -> RawUpstream.write(out, RawUpstream.ok("z".repeat(3000)));
              assertThat(lab.get().status()).isEqualTo(500);
            }),
        row(
            48,
            "BUFFERED with trailers: body message without end_of_stream, trailers only if SEND",
            lab -> {
              lab.filter(Lab.BUFFERED);
              assertThat(lab.raw(WITH_TRAILERS).status()).isEqualTo(200);
              assertThat(lab.server.received.get(1).getRequestBody().getEndOfStream()).isFalse();
              assertThat(lab.server.kinds()).doesNotContain(REQUEST_TRAILERS);
              assertThat(lab.arrived().trailers()).containsEntry("x-t", "1");
            }),
        row(
            49,
            "BUFFERED, zero-length body: a message of 0 bytes",
            lab -> {
              lab.filter(Lab.BUFFERED);
              lab.raw("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n");
              ProcessingRequest message = lab.server.received.get(1);
              assertThat(message.getRequestBody().getBody().isEmpty()).isTrue();
              assertThat(message.getRequestBody().getEndOfStream()).isTrue();
            }),
        row(
            50,
            "BUFFERED, answer of headers only: no body message",
            lab -> {
              lab.filter(RESPONSE_BUFFERED);
              lab.upstream.answer =
                  (_, out) -> RawUpstream.write(out, "HTTP/1.1 204 No Content\r\n\r\n");
              assertThat(lab.get().status()).isEqualTo(204);
              assertThat(lab.server.kinds()).doesNotContain(RESPONSE_BODY);
            }),
        row(
            51,
            "BUFFERED body answer with header mutation and clear_route_cache: new route",
            lab -> {
              lab.filter(Lab.BUFFERED);
              lab.on(
                  REQUEST_BODY,
                  (_, s) -> s.send(requestBody(set("x-to", "other").setClearRouteCache(true))));
              assertThat(lab.post("hello").status()).isEqualTo(200);
              assertThat(lab.other.received.poll(60, TimeUnit.SECONDS)).isNotNull();
            }));
  }

  private static List<Row> streamedRows() {
    return List.of(
        row(
            52,
            "STREAMED, three chunks: three messages in order, the end marked",
            lab -> {
              lab.filter(Lab.STREAMED);
              lab.postChunked("one", "two", "three");
              List<String> chunks =
                  lab.server.received.stream()
                      .filter(ProcessingRequest::hasRequestBody)
                      .map(m -> m.getRequestBody().getBody().toStringUtf8())
                      .filter(text -> !text.isEmpty())
                      .toList();
              assertThat(chunks).containsExactly("one", "two", "three");
              ProcessingRequest last =
                  lab.server.received.stream()
                      .filter(ProcessingRequest::hasRequestBody)
                      .reduce((_, b) -> b)
                      .orElseThrow();
              assertThat(last.getRequestBody().getEndOfStream()).isTrue();
            }),
        row(
            53,
            "STREAMED: replace one chunk, clear another",
            lab -> {
              lab.filter(Lab.STREAMED);
              lab.on(
                  REQUEST_BODY,
                  (r, s) -> {
                    String text = r.getRequestBody().getBody().toStringUtf8();
                    s.send(
                        requestBody(
                            text.equals("two")
                                ? body("TWO")
                                : text.equals("three") ? clear() : common()));
                  });
              lab.postChunked("one", "two", "three");
              assertThat(lab.arrived().body()).isEqualTo("oneTWO");
            }),
        row(
            54,
            "STREAMED: a header mutation in a body answer is ignored",
            lab -> {
              lab.filter(Lab.STREAMED);
              lab.on(REQUEST_BODY, (_, s) -> s.send(requestBody(set("x-late", "1"))));
              lab.postChunked("one", "two");
              assertThat(lab.arrived().headers()).doesNotContainKey("x-late");
            }),
        row(
            55,
            "STREAMED: content-length does not reach the upstream",
            lab -> {
              lab.filter(Lab.STREAMED);
              lab.post("hello");
              RawHttp.Message arrived = lab.arrived();
              assertThat(arrived.headers()).doesNotContainKey("content-length");
              assertThat(arrived.body()).isEqualTo("hello");
            }),
        row(
            56,
            "STREAMED: content-length set by the server is skipped",
            lab -> {
              lab.filter(Lab.STREAMED);
              lab.on(
                  REQUEST_HEADERS, (_, s) -> s.send(requestHeaders(set("content-length", "99"))));
              lab.postChunked("one", "two");
              assertThat(lab.arrived().headers()).doesNotContainKey("content-length");
            }),
        row(
            57,
            "STREAMED, whole body there first: one message, header mutation works",
            lab -> {
              lab.filter(Lab.STREAMED);
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS)
                          .execute(() -> s.send(requestHeaders(common()))));
              lab.on(REQUEST_BODY, (_, s) -> s.send(requestBody(set("x-late", "1"))));
              lab.post("hello");
              assertThat(lab.server.kinds())
                  .containsExactly(REQUEST_HEADERS, REQUEST_BODY, RESPONSE_HEADERS);
              assertThat(lab.arrived().headers()).containsEntry("x-late", "1");
            }),
        row(
            58,
            "send_body_without_waiting: chunks come before the headers answer",
            lab -> {
              lab.filter(
                  Lab.STREAMED
                      + "\nsend_body_without_waiting_for_header_response: true\nmessage_timeout: 5s");
              lab.on(REQUEST_HEADERS, (_, _) -> {});
              lab.on(
                  REQUEST_BODY,
                  (r, s) -> {
                    if (r.getRequestBody().getEndOfStream()) {
                      s.send(requestHeaders(common()));
                      lab.server.received.stream()
                          .filter(ProcessingRequest::hasRequestBody)
                          .forEach(_ -> s.send(requestBody(common())));
                    }
                  });
              assertThat(lab.postChunked("one", "two").status()).isEqualTo(200);
              assertThat(lab.arrived().body()).isEqualTo("onetwo");
            }),
        row(
            59,
            "the same flag, body answer first: 500",
            lab -> {
              lab.filter(Lab.STREAMED + "\nsend_body_without_waiting_for_header_response: true");
              lab.on(REQUEST_HEADERS, (_, _) -> {});
              lab.on(REQUEST_BODY, (_, s) -> s.send(requestBody(common())));
              assertThat(lab.post("hello").status()).isEqualTo(500);
            }),
        row(
            60,
            "STREAMED, silent server: reading stops at the limit, no 413",
            lab -> {
              lab.filter(Lab.STREAMED + "\nmessage_timeout: 30s").bufferLimit(20_000);
              lab.on(REQUEST_BODY, (_, _) -> {});
              try (Lab.Client client = lab.client()) {
                client.send("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
                CompletableFuture.runAsync(
                    () -> {
                      try {
                        for (int i = 0; i < 4000; i++) {
                          client.send(RawHttp.chunks("x".repeat(8000)));
                        }
                      } catch (java.io.IOException e) {
                        // closed by the test's end
                      }
                    });
                Thread.sleep(700);
                long seen =
                    lab.server.received.stream()
                        .mapToLong(m -> m.getRequestBody().getBody().size())
                        .sum();
                assertThat(seen).isBetween(20_000L, 200_000L);
              }
            }),
        row(
            61,
            "upstream resets amid a STREAMED answer: reset, cancel, no end",
            lab -> {
              lab.filter(RESPONSE_STREAMED);
              lab.upstream.answer =
                  (_, out) -> {
                    RawUpstream.write(
                        out,
                        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                            + RawHttp.chunks("part"));
                    Thread.sleep(150);
                    throw new java.io.IOException("cut");
                  };
              RawHttp.Message answer = lab.get();
              assertThat(answer.complete()).isFalse();
              assertThat(answer.body()).isEqualTo("part");
              eventually(() -> lab.server.cancelled.get() == 1);
              assertThat(lab.server.received).noneMatch(m -> m.getResponseBody().getEndOfStream());
            }),
        row(
            62,
            "SSE, STREAMED: chunks reach the client without waiting for the end",
            lab -> {
              CountDownLatch seen = new CountDownLatch(1);
              lab.filter(RESPONSE_STREAMED);
              lab.upstream.answer =
                  (_, out) -> {
                    RawUpstream.write(
                        out,
                        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                            + RawHttp.chunks("data: 1\n\n"));
                    seen.await(60, TimeUnit.SECONDS);
                    RawUpstream.write(out, "0\r\n\r\n");
                  };
              try (Lab.Client client = lab.client()) {
                client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
                byte[] early = new byte[4096];
                StringBuilder text = new StringBuilder();
                while (!text.toString().contains("data: 1")) {
                  int n = client.socket().getInputStream().read(early);
                  text.append(new String(early, 0, n, java.nio.charset.StandardCharsets.UTF_8));
                }
                assertThat(seen.getCount()).isEqualTo(1);
                seen.countDown();
              }
            }));
  }

  private static List<Row> partialAndDuplex() {
    return List.of(
        row(
            63,
            "PARTIAL below the limit: one message, mutations work, no content-length",
            lab -> {
              lab.filter(PARTIAL);
              lab.on(
                  REQUEST_BODY,
                  (_, s) ->
                      s.send(
                          requestBody(
                              body("longer")
                                  .setHeaderMutation(
                                      mutation().addSetHeaders(raw("x-new", "1"))))));
              lab.post("hello");
              RawHttp.Message arrived = lab.arrived();
              assertThat(arrived.body()).isEqualTo("longer");
              assertThat(arrived.headers())
                  .containsEntry("x-new", "1")
                  .doesNotContainKey("content-length");
              assertThat(lab.server.received.get(1).getRequestBody().getEndOfStream()).isTrue();
            }),
        row(
            64,
            "PARTIAL above the limit: one message, the rest passes unmodified",
            lab -> {
              lab.filter(PARTIAL).bufferLimit(1000);
              assertThat(lab.postChunked("x".repeat(1100), "rest").status()).isEqualTo(200);
              assertThat(lab.server.received.get(1).getRequestBody().getEndOfStream()).isFalse();
              assertThat(lab.arrived().body()).endsWith("rest").hasSize(1104);
            }),
        row(
            65,
            "FULL_DUPLEX without trailer mode SEND is refused",
            lab -> {
              lab.filter("processing_mode: { request_body_mode: FULL_DUPLEX_STREAMED }");
              assertThatThrownBy(lab::plane).hasMessageContaining("request_trailer_mode");
            }),
        row(
            66,
            "FULL_DUPLEX: the server reads all, then answers headers and its own chunks",
            lab -> {
              lab.filter(DUPLEX);
              lab.on(REQUEST_HEADERS, (_, _) -> {});
              lab.on(
                  REQUEST_BODY,
                  (r, s) -> {
                    if (r.getRequestBody().getEndOfStream()) {
                      s.send(requestHeaders(set("x-new", "1")));
                      s.send(requestBody(streamed("mine ", false)));
                      s.send(requestBody(streamed("alone", true)));
                    }
                  });
              lab.postChunked("one", "two");
              RawHttp.Message arrived = lab.arrived();
              assertThat(arrived.body()).isEqualTo("mine alone");
              assertThat(arrived.headers()).containsEntry("x-new", "1");
            }),
        row(
            67,
            "FULL_DUPLEX: 2 MB, another number of chunks, all delivered",
            lab -> {
              lab.filter(DUPLEX);
              StringBuilder seen = new StringBuilder();
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(requestHeaders(common())));
              lab.on(
                  REQUEST_BODY,
                  (r, s) -> {
                    seen.append(r.getRequestBody().getBody().toStringUtf8());
                    if (r.getRequestBody().getEndOfStream()) {
                      for (int i = 0; i < seen.length(); i += 50_000) {
                        int to = Math.min(i + 50_000, seen.length());
                        s.send(requestBody(streamed(seen.substring(i, to), to == seen.length())));
                      }
                    }
                  });
              assertThat(lab.post("ab".repeat(1_000_000)).status()).isEqualTo(200);
              assertThat(lab.arrived().body()).isEqualTo("ab".repeat(1_000_000));
            }),
        row(
            68,
            "FULL_DUPLEX: a body answer before the headers answer: 500",
            lab -> {
              lab.filter(DUPLEX);
              lab.on(REQUEST_HEADERS, (_, _) -> {});
              lab.on(REQUEST_BODY, (_, s) -> s.send(requestBody(streamed("x", true))));
              assertThat(lab.post("hello").status()).isEqualTo(500);
            }),
        row(
            69,
            "a plain body mutation in FULL_DUPLEX: 500",
            lab -> {
              lab.filter(DUPLEX);
              lab.on(REQUEST_BODY, (_, s) -> s.send(requestBody(body("x"))));
              assertThat(lab.post("hello").status()).isEqualTo(500);
            }),
        row(
            70,
            "streamed_response in STREAMED: changes nothing",
            lab -> {
              lab.filter(Lab.STREAMED);
              lab.on(REQUEST_BODY, (_, s) -> s.send(requestBody(streamed("x", true))));
              assertThat(lab.post("hello").status()).isEqualTo(200);
              assertThat(lab.arrived().body()).isEqualTo("hello");
            }),
        row(
            71,
            "FULL_DUPLEX with trailers: body answers, then the trailers answer",
            lab -> {
              lab.filter(DUPLEX);
              lab.on(
                  REQUEST_BODY,
                  (r, s) ->
                      s.send(
                          requestBody(
                              streamed(r.getRequestBody().getBody().toStringUtf8(), false))));
              lab.on(
                  REQUEST_TRAILERS,
                  (_, s) -> s.send(requestTrailers(mutation().addSetHeaders(raw("x-more", "2")))));
              lab.raw(WITH_TRAILERS);
              RawHttp.Message arrived = lab.arrived();
              assertThat(arrived.body()).isEqualTo("hello");
              assertThat(arrived.trailers()).containsEntry("x-t", "1").containsEntry("x-more", "2");
            }),
        row(
            72,
            "FULL_DUPLEX in both directions",
            lab -> {
              lab.filter(
                  "processing_mode: { request_body_mode: FULL_DUPLEX_STREAMED, request_trailer_mode: SEND, "
                      + "response_body_mode: FULL_DUPLEX_STREAMED, response_trailer_mode: SEND }");
              lab.on(
                  REQUEST_BODY,
                  (r, s) ->
                      s.send(requestBody(streamed("q", r.getRequestBody().getEndOfStream()))));
              lab.on(
                  RESPONSE_BODY,
                  (r, s) ->
                      s.send(responseBody(streamed("p", r.getResponseBody().getEndOfStream()))));
              assertThat(lab.post("hello").body()).startsWith("p");
              assertThat(lab.arrived().body()).startsWith("q");
            }),
        row(
            73,
            "fail open in FULL_DUPLEX: before a chunk was sent pass-through, after it 500",
            lab -> {
              lab.filter(DUPLEX + "\nfailure_mode_allow: true");
              lab.on(REQUEST_BODY, (_, s) -> s.fail());
              assertThat(lab.post("hello").status()).isEqualTo(500);
              try (Lab before = new Lab()) {
                before.filter(DUPLEX + "\nfailure_mode_allow: true");
                before.on(REQUEST_HEADERS, (_, s) -> s.fail());
                assertThat(before.get().status()).isEqualTo(200);
              }
            }),
        row(
            74,
            "FULL_DUPLEX: a body answer after the end: spurious",
            lab -> {
              lab.filter(DUPLEX);
              lab.upstream.answer =
                  (_, out) -> {
                    Thread.sleep(300);
                    RawUpstream.write(out, RawUpstream.ok("late"));
                  };
              lab.on(
                  REQUEST_BODY,
                  (_, s) -> {
                    s.send(requestBody(streamed("x", true)));
                    s.send(requestBody(streamed("y", true)));
                  });
              assertThat(lab.post("hello").status()).isEqualTo(500);
            }));
  }

  private static List<Row> trailers() {
    return List.of(
        row(
            76,
            "trailers SKIP: not shown, forwarded",
            lab -> {
              lab.raw(WITH_TRAILERS);
              assertThat(lab.server.kinds()).doesNotContain(REQUEST_TRAILERS);
              assertThat(lab.arrived().trailers()).containsEntry("x-t", "1");
            }),
        row(
            77,
            "trailers SEND, none there: no message",
            lab -> {
              lab.filter(
                  "processing_mode: { request_trailer_mode: SEND, response_trailer_mode: SEND }");
              lab.post("hello");
              assertThat(lab.server.kinds()).containsExactly(REQUEST_HEADERS, RESPONSE_HEADERS);
            }),
        row(
            78,
            "trailers SEND: an entry is added, system headers are not",
            lab -> {
              lab.filter("processing_mode: { request_trailer_mode: SEND }");
              lab.on(
                  REQUEST_TRAILERS,
                  (_, s) ->
                      s.send(
                          requestTrailers(
                              mutation()
                                  .addSetHeaders(raw("x-more", "2"))
                                  .addSetHeaders(raw("host", "evil")))));
              lab.raw(WITH_TRAILERS);
              assertThat(lab.arrived().trailers())
                  .containsEntry("x-more", "2")
                  .doesNotContainKey("host");
            }),
        row(
            79,
            "response trailers beyond the limits after headers were sent: reset",
            lab -> {
              lab.filter("processing_mode: { response_trailer_mode: SEND }");
              lab.upstream.answer =
                  (_, out) -> {
                    RawUpstream.write(
                        out, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
                    Thread.sleep(200);
                    RawUpstream.write(out, "0\r\nx-t: 1\r\n\r\n");
                  };
              HeaderMutation.Builder many = mutation();
              IntStream.range(0, 101).forEach(i -> many.addSetHeaders(raw("x-" + i, "v")));
              lab.on(RESPONSE_TRAILERS, (_, s) -> s.send(responseTrailers(many)));
              assertThat(lab.get().complete()).isFalse();
            }));
  }
}
