package dev.drover.tools.standin;

import static dev.drover.tools.standin.Answers.body;
import static dev.drover.tools.standin.Answers.common;
import static dev.drover.tools.standin.Answers.moreTime;
import static dev.drover.tools.standin.Answers.requestBody;
import static dev.drover.tools.standin.Answers.requestHeaders;
import static dev.drover.tools.standin.Answers.responseHeaders;
import static dev.drover.tools.standin.Answers.set;
import static dev.drover.tools.standin.Lab.eventually;
import static dev.drover.tools.standin.Row.row;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.REQUEST_BODY;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.REQUEST_HEADERS;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.RESPONSE_HEADERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Scenarios 1 to 37: opening and life-cycle, timeouts, order errors. */
final class LifeCycleRows {
  private static final String OPEN = "failure_mode_allow: true";

  private LifeCycleRows() {}

  static List<Row> rows() {
    return List.of(
        row(
            1,
            "default: one stream, headers both ways, protocol_config in the first message only",
            lab -> {
              assertThat(lab.get().status()).isEqualTo(200);
              assertThat(lab.server.kinds()).containsExactly(REQUEST_HEADERS, RESPONSE_HEADERS);
              assertThat(lab.server.received.get(0).hasProtocolConfig()).isTrue();
              assertThat(lab.server.received.get(1).hasProtocolConfig()).isFalse();
              assertThat(lab.count("streams_started")).isEqualTo(1);
            }),
        row(
            2,
            "nothing to send: no stream",
            lab -> {
              lab.filter(
                  "processing_mode: { request_header_mode: SKIP, response_header_mode: SKIP }");
              assertThat(lab.post("x").status()).isEqualTo(200);
              assertThat(lab.server.opened.get()).isZero();
            }),
        row(
            3,
            "request headers SKIP: the first message is response_headers",
            lab -> {
              lab.filter("processing_mode: { request_header_mode: SKIP }");
              lab.get();
              assertThat(lab.server.kinds()).containsExactly(RESPONSE_HEADERS);
              assertThat(lab.server.received.get(0).hasProtocolConfig()).isTrue();
            }),
        row(
            4,
            "GET: end_of_stream on headers, no body message",
            lab -> {
              lab.filter(Lab.BUFFERED);
              lab.get();
              assertThat(lab.server.received.get(0).getRequestHeaders().getEndOfStream()).isTrue();
              assertThat(lab.server.kinds()).doesNotContain(REQUEST_BODY);
            }),
        row(
            5,
            "empty answers change nothing",
            lab -> {
              assertThat(lab.post("hello").body()).isEqualTo("upstream");
              assertThat(lab.arrived().body()).isEqualTo("hello");
            }),
        row(
            6,
            "OK before any answer: pass-through",
            lab -> {
              lab.on(REQUEST_HEADERS, (_, s) -> s.end());
              assertThat(lab.post("hello").status()).isEqualTo(200);
              assertThat(lab.arrived().body()).isEqualTo("hello");
              assertThat(lab.count("streams_closed")).isEqualTo(1);
            }),
        row(
            7,
            "headers answer, then OK: the mutation stays, no response_headers",
            lab -> {
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) -> {
                    s.send(requestHeaders(set("x-new", "1")));
                    s.end();
                  });
              assertThat(lab.get().status()).isEqualTo(200);
              assertThat(lab.arrived().headers()).containsEntry("x-new", "1");
              assertThat(lab.server.kinds()).containsExactly(REQUEST_HEADERS);
            }),
        row(
            8,
            "OK in place of the response_headers answer",
            lab -> {
              lab.on(RESPONSE_HEADERS, (_, s) -> s.end());
              assertThat(lab.get().body()).isEqualTo("upstream");
            }),
        row(
            9,
            "RPC error at the first message: 500, empty",
            lab -> {
              lab.on(REQUEST_HEADERS, (_, s) -> s.fail());
              RawHttp.Message answer = lab.get();
              assertThat(answer.status()).isEqualTo(500);
              assertThat(answer.body()).isEmpty();
              assertThat(lab.count("streams_failed")).isEqualTo(1);
            }),
        row(
            10,
            "RPC error while the upstream works: 500",
            lab -> {
              lab.upstream.answer =
                  (_, out) -> {
                    Thread.sleep(300);
                    RawUpstream.write(out, RawUpstream.ok("late"));
                  };
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) -> {
                    s.send(requestHeaders(common()));
                    CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(s::fail);
                  });
              assertThat(lab.get().status()).isEqualTo(500);
            }),
        row(
            11,
            "RPC error in the response phase: 500 in place of the answer",
            lab -> {
              lab.on(RESPONSE_HEADERS, (_, s) -> s.fail());
              assertThat(lab.get().status()).isEqualTo(500);
            }),
        row(
            12,
            "fail open: an RPC error changes nothing",
            lab -> {
              lab.filter(OPEN);
              lab.on(REQUEST_HEADERS, (_, s) -> s.fail());
              assertThat(lab.get().status()).isEqualTo(200);
              assertThat(lab.count("failure_mode_allowed")).isEqualTo(1);
            }),
        row(
            13,
            "status_on_error 503",
            lab -> {
              lab.filter("status_on_error: { code: ServiceUnavailable }");
              lab.on(REQUEST_HEADERS, (_, s) -> s.fail());
              assertThat(lab.get().status()).isEqualTo(503);
            }),
        row(
            14,
            "ext_proc cluster down: 500 closed, pass-through open",
            lab -> {
              lab.processorDown();
              assertThat(lab.get().status()).isEqualTo(500);
              try (Lab open = new Lab()) {
                open.filter(OPEN + "\nmessage_timeout: 5s").processorDown();
                assertThat(open.get().status()).isEqualTo(200);
              }
            }),
        row(
            15,
            "request STREAMED, OK after the headers answer: the rest passes",
            lab -> {
              lab.filter(Lab.STREAMED);
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) -> {
                    s.send(requestHeaders(common()));
                    s.end();
                  });
              assertThat(lab.postChunked("one", "two").status()).isEqualTo(200);
              assertThat(lab.arrived().body()).isEqualTo("onetwo");
            }),
        row(
            16,
            "STREAMED, half-close amid chunks: every byte once",
            lab -> {
              lab.filter(Lab.STREAMED + "\n" + OPEN);
              lab.on(
                  REQUEST_BODY,
                  (r, s) -> {
                    if (r.getRequestBody().getBody().toStringUtf8().contains("two")) {
                      s.end();
                    } else {
                      s.send(requestBody(common()));
                    }
                  });
              assertThat(lab.postChunked("one", "two", "three").status()).isEqualTo(200);
              assertThat(lab.arrived().body()).isEqualTo("onetwothree");
            }),
        row(
            17,
            "request headers only: the stream is ended at once",
            lab -> {
              lab.filter("processing_mode: { response_header_mode: SKIP }");
              lab.upstream.answer =
                  (_, out) -> {
                    eventually(() -> lab.server.cancelled.get() == 1);
                    RawUpstream.write(out, RawUpstream.ok("upstream"));
                  };
              assertThat(lab.get().status()).isEqualTo(200);
            }),
        row(
            19,
            "downstream leaves while an answer is awaited: the stream is cancelled",
            lab -> {
              lab.filter("message_timeout: 10s");
              lab.on(REQUEST_HEADERS, (_, _) -> {});
              try (Lab.Client client = lab.client()) {
                client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
                eventually(() -> lab.server.received.size() == 1);
              }
              eventually(() -> lab.server.cancelled.get() == 1);
              assertThat(lab.server.received).hasSize(1);
            }),
        row(
            21,
            "no answer to request_headers: 504",
            lab -> {
              lab.envoysTimeout();
              lab.on(REQUEST_HEADERS, (_, _) -> {});
              assertThat(lab.get().status()).isEqualTo(504);
              assertThat(lab.count("message_timeouts")).isEqualTo(1);
              eventually(() -> lab.server.cancelled.get() == 1);
            }),
        row(
            22,
            "no answer to response_headers: 504 though the upstream said 200",
            lab -> {
              lab.envoysTimeout();
              lab.on(RESPONSE_HEADERS, (_, _) -> {});
              assertThat(lab.get().status()).isEqualTo(504);
            }),
        row(
            23,
            "fail open: a timeout changes nothing",
            lab -> {
              lab.envoysTimeout();
              lab.filter(OPEN);
              lab.on(REQUEST_HEADERS, (_, _) -> {});
              assertThat(lab.get().status()).isEqualTo(200);
            }),
        row(
            24,
            "status_on_error does not change the 504 of a timeout",
            lab -> {
              lab.envoysTimeout();
              lab.filter("status_on_error: { code: ServiceUnavailable }");
              lab.on(REQUEST_HEADERS, (_, _) -> {});
              assertThat(lab.get().status()).isEqualTo(504);
            }),
        row(
            25,
            "override_message_timeout gives more time",
            lab -> {
              lab.filter("max_message_timeout: 10s");
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) -> {
                    s.send(moreTime(2000));
                    CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS)
                        .execute(() -> s.send(requestHeaders(common())));
                  });
              assertThat(lab.get().status()).isEqualTo(200);
              assertThat(lab.count("override_message_timeout_received")).isEqualTo(1);
            }),
        row(
            26,
            "override without max_message_timeout is ignored: 504",
            lab -> {
              lab.envoysTimeout();
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(moreTime(2000)));
              assertThat(lab.get().status()).isEqualTo(504);
              assertThat(lab.count("override_message_timeout_ignored")).isEqualTo(1);
            }),
        row(
            27,
            "override beyond the maximum or of 0 is ignored",
            lab -> {
              lab.envoysTimeout();
              lab.filter("max_message_timeout: 10s");
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) -> {
                    s.send(moreTime(20_000));
                    s.send(moreTime(0));
                  });
              assertThat(lab.get().status()).isEqualTo(504);
              assertThat(lab.count("override_message_timeout_ignored")).isEqualTo(2);
            }),
        row(
            28,
            "a second override for one message is ignored",
            lab -> {
              lab.envoysTimeout();
              lab.filter("max_message_timeout: 10s");
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) -> {
                    s.send(moreTime(300));
                    s.send(moreTime(5000));
                  });
              assertThat(lab.get().status()).isEqualTo(504);
              assertThat(lab.count("override_message_timeout_received")).isEqualTo(1);
              assertThat(lab.count("override_message_timeout_ignored")).isEqualTo(1);
            }),
        row(
            29,
            "an answer within an override message is ignored",
            lab -> {
              lab.envoysTimeout();
              lab.filter("max_message_timeout: 10s");
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      s.send(
                          requestHeaders(set("x-new", "1"))
                              .setOverrideMessageTimeout(
                                  moreTime(300).getOverrideMessageTimeout())));
              assertThat(lab.get().status()).isEqualTo(504);
            }),
        row(
            30,
            "two chunks outstanding, the first answered: no timer runs for the second",
            lab -> {
              lab.filter(Lab.STREAMED + "\nmessage_timeout: 0.5s");
              lab.on(
                  REQUEST_BODY,
                  (r, s) -> {
                    String chunk = r.getRequestBody().getBody().toStringUtf8();
                    if (chunk.equals("two")) {
                      s.send(requestBody(common()));
                      CompletableFuture.delayedExecutor(1200, TimeUnit.MILLISECONDS)
                          .execute(() -> s.send(requestBody(common())));
                    } else if (!chunk.equals("one")) {
                      CompletableFuture.delayedExecutor(1300, TimeUnit.MILLISECONDS)
                          .execute(() -> s.send(requestBody(common())));
                    }
                  });
              try (Lab.Client client = lab.client()) {
                client.send("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
                client.send(RawHttp.chunks("one"));
                Thread.sleep(100);
                client.send(RawHttp.chunks("two"));
                Thread.sleep(1000);
                assertThat(lab.count("message_timeouts")).isZero();
              }
            }),
        row(
            31,
            "FULL_DUPLEX, silent server: stream_idle_timeout gives 504",
            lab -> {
              lab.manager("stream_idle_timeout: 0.6s")
                  .filter(
                      "processing_mode: { request_body_mode: FULL_DUPLEX_STREAMED, request_trailer_mode: SEND }");
              lab.on(REQUEST_HEADERS, (_, _) -> {});
              lab.on(REQUEST_BODY, (_, _) -> {});
              assertThat(lab.post("hello").status()).isEqualTo(504);
              assertThat(lab.count("message_timeouts")).isZero();
            }),
        row(
            32,
            "a body answer to request_headers: 500, spurious",
            lab -> {
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(requestBody(body("x"))));
              assertThat(lab.get().status()).isEqualTo(500);
              assertThat(lab.count("spurious_msgs_received")).isEqualTo(1);
            }),
        row(
            33,
            "the same, fail open: pass-through",
            lab -> {
              lab.filter(OPEN);
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(requestBody(body("x"))));
              assertThat(lab.get().status()).isEqualTo(200);
              assertThat(lab.count("spurious_msgs_received")).isEqualTo(1);
            }),
        row(
            34,
            "two headers answers for one message: 500",
            lab -> {
              lab.upstream.answer =
                  (_, out) -> {
                    Thread.sleep(300);
                    RawUpstream.write(out, RawUpstream.ok("late"));
                  };
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) -> {
                    s.send(requestHeaders(common()));
                    s.send(requestHeaders(common()));
                  });
              assertThat(lab.get().status()).isEqualTo(500);
            }),
        row(
            35,
            "an answer of no kind is spurious",
            lab -> {
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(ProcessingResponse.newBuilder()));
              assertThat(lab.get().status()).isEqualTo(500);
              assertThat(lab.count("spurious_msgs_received")).isEqualTo(1);
            }),
        row(
            36,
            "disable_immediate_response: an ImmediateResponse is spurious",
            lab -> {
              lab.filter("disable_immediate_response: true");
              lab.on(
                  REQUEST_HEADERS, (_, s) -> s.send(Answers.immediate(Answers.reply(401, "no"))));
              assertThat(lab.get().status()).isEqualTo(500);
            }),
        row(
            37,
            "a response_headers answer while the request is awaited is spurious",
            lab -> {
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(responseHeaders(common())));
              assertThat(lab.get().status()).isEqualTo(500);
            }));
  }
}
