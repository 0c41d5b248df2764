package dev.drover.tools.standin;

import static dev.drover.tools.standin.Answers.common;
import static dev.drover.tools.standin.Answers.immediate;
import static dev.drover.tools.standin.Answers.metadata;
import static dev.drover.tools.standin.Answers.reply;
import static dev.drover.tools.standin.Answers.requestHeaders;
import static dev.drover.tools.standin.Answers.responseBody;
import static dev.drover.tools.standin.Answers.set;
import static dev.drover.tools.standin.Lab.eventually;
import static dev.drover.tools.standin.Row.row;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.REQUEST_BODY;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.REQUEST_HEADERS;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.RESPONSE_BODY;
import static io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase.RESPONSE_HEADERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Scenarios 106 and 122 to 154: upstream level, metadata and attributes, observability, router and
 * retries.
 */
final class RouterRows {
  private static final String ATTRIBUTE =
      "xds.upstream_host_metadata.filter_metadata['ns']['name']";
  private static final String UPSTREAM =
      """
      processing_mode: { response_header_mode: SKIP }
      request_attributes: [ "%s" ]
      """
          .formatted(ATTRIBUTE);
  private static final String ROUTER_ONLY =
      "processing_mode: { request_header_mode: SKIP, response_header_mode: SKIP }";
  private static final String RETRY =
      """
      retry_policy:
        retry_on: 5xx
        num_retries: 1
        retry_priority:
          name: p
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig
            update_frequency: 1
      """;

  private RouterRows() {}

  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.addAll(information());
    rows.addAll(upstreamLevel());
    rows.addAll(router());
    return rows;
  }

  private static String attribute(ProcessingRequest request) {
    return request
        .getAttributesOrDefault(
            "envoy.filters.http.ext_proc", com.google.protobuf.Struct.getDefaultInstance())
        .getFieldsOrDefault(ATTRIBUTE, com.google.protobuf.Value.getDefaultInstance())
        .getStringValue();
  }

  private static RawUpstream.Answer failing() {
    return (_, out) -> RawUpstream.write(out, RawUpstream.status(503));
  }

  private static List<Row> information() {
    return List.of(
        row(
            106,
            "a routing header changed without clear_route_cache: the old route stays",
            lab -> {
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(requestHeaders(set("x-to", "other"))));
              lab.get();
              assertThat(lab.arrived().headers()).containsEntry("x-to", "other");
              assertThat(lab.other.received).isEmpty();
            }),
        row(
            125,
            "request_attributes: in the first message of the direction only, under one key",
            lab -> {
              lab.filter(Lab.BUFFERED + "\nrequest_attributes: [ request.path ]");
              lab.post("hello");
              assertThat(lab.server.received.get(0).getAttributesMap())
                  .containsOnlyKeys("envoy.filters.http.ext_proc");
              assertThat(lab.server.received.get(1).getAttributesMap()).isEmpty();
              assertThat(lab.server.received.get(2).getAttributesMap()).isEmpty();
            }),
        row(
            126,
            "an undefined attribute: the key is missing",
            lab -> {
              lab.filter("request_attributes: [ request.path, \"" + ATTRIBUTE + "\" ]");
              lab.get();
              assertThat(
                      lab.server
                          .received
                          .get(0)
                          .getAttributesOrThrow("envoy.filters.http.ext_proc")
                          .getFieldsMap())
                  .containsOnlyKeys("request.path");
            }),
        row(
            127,
            "dynamic_metadata of an unlisted namespace: dropped",
            lab -> {
              lab.filter("metadata_options: { receiving_namespaces: { untyped: [ mine ] } }")
                  .manager(log("theirs"));
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      s.send(
                          requestHeaders(common())
                              .setDynamicMetadata(metadata("theirs", "k", "v"))));
              lab.get();
              lab.awaitLogged("\"seen\":null");
            }),
        row(
            128,
            "dynamic_metadata of a listed namespace on a body answer: in the access log",
            lab -> {
              lab.filter(
                      "processing_mode: { response_body_mode: BUFFERED }\nmetadata_options: { receiving_namespaces: { untyped: [ mine ] } }")
                  .manager(log("mine"));
              lab.on(
                  RESPONSE_BODY,
                  (_, s) ->
                      s.send(
                          responseBody(common()).setDynamicMetadata(metadata("mine", "k", "v"))));
              lab.get();
              lab.awaitLogged("\"seen\":\"v\"");
            }),
        row(
            129,
            "a forwarded namespace is in metadata_context",
            lab -> {
              lab.filter(
                  "metadata_options: { forwarding_namespaces: { untyped: [ mine ] }, receiving_namespaces: { untyped: [ mine ] } }");
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      s.send(
                          requestHeaders(common()).setDynamicMetadata(metadata("mine", "k", "v"))));
              lab.get();
              assertThat(lab.server.received.get(1).getMetadataContext().getFilterMetadataMap())
                  .containsKey("mine");
            }),
        row(
            136,
            "a disallowed header: absent from the message, still forwarded",
            lab -> {
              lab.filter(
                  "forward_rules: { disallowed_headers: { patterns: [ { exact: authorization } ] } }");
              lab.raw("GET / HTTP/1.1\r\nhost: a\r\nauthorization: secret\r\n\r\n");
              assertThat(
                      lab.server.received.get(0).getRequestHeaders().getHeaders().getHeadersList())
                  .noneMatch(header -> header.getKey().equals("authorization"));
              assertThat(lab.arrived().headers()).containsEntry("authorization", "secret");
            }),
        row(
            137,
            "observability: nothing waits, answers change nothing",
            lab -> {
              lab.filter("observability_mode: true");
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(requestHeaders(set("x-new", "1"))));
              assertThat(lab.get().status()).isEqualTo(200);
              assertThat(lab.arrived().headers()).doesNotContainKey("x-new");
            }),
        row(
            138,
            "observability with BUFFERED: the body is not sent",
            lab -> {
              lab.filter("observability_mode: true\n" + Lab.BUFFERED);
              lab.post("hello");
              eventually(() -> lab.server.received.size() >= 2);
              assertThat(lab.server.kinds()).doesNotContain(REQUEST_BODY);
            }),
        row(
            139,
            "observability: the stream is closed a while after the request",
            lab -> {
              lab.filter("observability_mode: true\ndeferred_close_timeout: 0.5s");
              lab.get();
              assertThat(lab.server.cancelled.get()).isZero();
              eventually(() -> lab.server.cancelled.get() == 1);
            }));
  }

  private static String log(String namespace) {
    return """
        access_log:
        - name: a
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog
            log_format: { json_format: { seen: "%%DYNAMIC_METADATA(%s:k)%%" } }
        """
        .formatted(namespace);
  }

  private static List<Row> upstreamLevel() {
    return List.of(
        row(
            122,
            "upstream-level ImmediateResponse: to the client, no retry",
            lab -> {
              lab.filter(ROUTER_ONLY).upstreamFilter(UPSTREAM).route(RETRY);
              lab.on(REQUEST_HEADERS, (_, s) -> s.send(immediate(reply(500, "mine"))));
              RawHttp.Message answer = lab.get();
              assertThat(answer.status()).isEqualTo(500);
              assertThat(answer.body()).isEqualTo("mine");
              assertThat(lab.server.opened.get()).isEqualTo(1);
            }),
        row(
            140,
            "retry on 5xx: a stream per attempt, attributes name the new host",
            lab -> {
              lab.filter(ROUTER_ONLY).upstreamFilter(UPSTREAM).route(RETRY);
              lab.upstream.answer = failing();
              assertThat(lab.get().status()).isEqualTo(200);
              assertThat(lab.server.opened.get()).isEqualTo(2);
              assertThat(lab.server.received.stream().map(RouterRows::attribute))
                  .containsExactly("first", "second");
            }),
        row(
            141,
            "a header set at attempt 1 is still there at attempt 2",
            lab -> {
              lab.filter(ROUTER_ONLY).upstreamFilter(UPSTREAM).route(RETRY);
              lab.upstream.answer = failing();
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      s.send(requestHeaders(s.number == 1 ? set("x-attempt", "1") : common())));
              lab.get();
              assertThat(lab.other.received.poll(60, TimeUnit.SECONDS).headers())
                  .containsEntry("x-attempt", "1");
            }),
        row(
            142,
            "upstream-level clear_route_cache: ignored and counted",
            lab -> {
              lab.filter(ROUTER_ONLY).upstreamFilter(UPSTREAM);
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) -> s.send(requestHeaders(set("x-to", "other").setClearRouteCache(true))));
              assertThat(lab.get().status()).isEqualTo(200);
              assertThat(lab.count("clear_route_cache_upstream_ignored")).isEqualTo(1);
              assertThat(lab.other.received).isEmpty();
            }),
        row(
            143,
            "upstream-level RPC error, fail closed: 500, no retry",
            lab -> {
              lab.filter(ROUTER_ONLY).upstreamFilter(UPSTREAM).route(RETRY);
              lab.on(REQUEST_HEADERS, (_, s) -> s.fail());
              assertThat(lab.get().status()).isEqualTo(500);
              assertThat(lab.server.opened.get()).isEqualTo(1);
            }),
        row(
            144,
            "router level, first attempt retried: one response_headers message",
            lab -> {
              lab.route(RETRY);
              lab.upstream.answer = failing();
              assertThat(lab.get().status()).isEqualTo(200);
              assertThat(lab.server.kinds()).containsExactly(REQUEST_HEADERS, RESPONSE_HEADERS);
            }),
        row(
            145,
            "previous_priorities: attempt 2 goes to priority 1",
            lab -> {
              lab.route(RETRY);
              lab.upstream.answer = failing();
              lab.post("hello");
              assertThat(lab.arrived().body()).isEqualTo("hello");
              assertThat(lab.other.received.poll(60, TimeUnit.SECONDS).body()).isEqualTo("hello");
            }));
  }

  private static List<Row> router() {
    return List.of(
        row(
            146,
            "429 is retried with retriable-status-codes only",
            lab -> {
              lab.route(RETRY);
              lab.upstream.answer = (_, out) -> RawUpstream.write(out, RawUpstream.status(429));
              assertThat(lab.get().status()).isEqualTo(429);
              try (Lab with = new Lab()) {
                with.route(
                    RETRY.replace(
                        "retry_on: 5xx",
                        "retry_on: retriable-status-codes\n  retriable_status_codes: [429]"));
                with.upstream.answer = lab.upstream.answer;
                assertThat(with.get().status()).isEqualTo(200);
              }
            }),
        row(
            147,
            "rate limited back-off: the next attempt waits for Retry-After",
            lab -> {
              lab.route(
                  RETRY.replace(
                          "retry_on: 5xx",
                          "retry_on: retriable-status-codes\n  retriable_status_codes: [429]")
                      + "  rate_limited_retry_back_off: { reset_headers: [ { name: Retry-After, format: SECONDS } ] }\n");
              lab.upstream.answer =
                  (_, out) -> RawUpstream.write(out, RawUpstream.status(429, "retry-after: 2"));
              long start = System.nanoTime();
              assertThat(lab.get().status()).isEqualTo(200);
              assertThat(System.nanoTime() - start)
                  .isBetween(
                      TimeUnit.MILLISECONDS.toNanos(1900), TimeUnit.MILLISECONDS.toNanos(4500));
            }),
        row(
            148,
            "all attempts fail: the last upstream's answer, flag URX",
            lab -> {
              lab.route(RETRY)
                  .manager(log("mine").replace("%DYNAMIC_METADATA(mine:k)%", "%RESPONSE_FLAGS%"));
              lab.upstream.answer = failing();
              lab.other.answer =
                  (_, out) ->
                      RawUpstream.write(out, "HTTP/1.1 502 X\r\ncontent-length: 4\r\n\r\nlast");
              RawHttp.Message answer = lab.get();
              assertThat(answer.status()).isEqualTo(502);
              assertThat(answer.body()).isEqualTo("last");
              lab.awaitLogged("URX");
            }),
        row(
            149,
            "a body above the copy limit: no retry, counted",
            lab -> {
              lab.route(RETRY).bufferLimit(1000);
              lab.upstream.answer = failing();
              assertThat(lab.post("x".repeat(3000)).status()).isEqualTo(503);
              assertThat(lab.count("retry_or_shadow_abandoned")).isEqualTo(1);
            }),
        row(
            150,
            "the upstream breaks after headers went out: reset, no retry",
            lab -> {
              lab.route(RETRY);
              lab.upstream.answer =
                  (_, out) -> {
                    RawUpstream.write(out, "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart");
                    Thread.sleep(100);
                    throw new java.io.IOException("cut");
                  };
              assertThat(lab.get().complete()).isFalse();
              assertThat(lab.other.received).isEmpty();
            }),
        row(
            151,
            "cluster_header names an unknown cluster: 503, flag NC",
            lab -> {
              lab.manager(log("mine").replace("%DYNAMIC_METADATA(mine:k)%", "%RESPONSE_FLAGS%"));
              assertThat(lab.raw("GET / HTTP/1.1\r\nhost: a\r\nx-to: unknown\r\n\r\n").status())
                  .isEqualTo(503);
              lab.awaitLogged("NC");
            }),
        row(
            152,
            "no route: 404",
            lab -> {
              lab.on(
                  REQUEST_HEADERS,
                  (_, s) ->
                      s.send(requestHeaders(set(":path", "nowhere").setClearRouteCache(true))));
              assertThat(lab.get().status()).isEqualTo(404);
            }),
        row(
            153,
            "route timeout: 504 before headers, reset after them",
            lab -> {
              lab.route("timeout: 0.4s");
              lab.upstream.answer = (_, out) -> Thread.sleep(3000);
              assertThat(lab.get().status()).isEqualTo(504);
              lab.upstream.answer =
                  (_, out) -> {
                    RawUpstream.write(out, "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart");
                    Thread.sleep(3000);
                  };
              assertThat(lab.get().complete()).isFalse();
            }),
        row(
            154,
            "local replies: shown to a router-level filter from 1.37, not before",
            lab -> {
              assertThat(lab.raw("GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n").status())
                  .isEqualTo(503);
              assertThat(lab.server.kinds()).containsExactly(REQUEST_HEADERS, RESPONSE_HEADERS);
              if (TestDataPlane.isEnvoy()) {
                return;
              }
              try (Lab before = new Lab()) {
                before.knobs = Knobs.ENVOY_1_36;
                before.raw("GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n");
                assertThat(before.server.kinds()).containsExactly(REQUEST_HEADERS);
              }
            }));
  }
}
