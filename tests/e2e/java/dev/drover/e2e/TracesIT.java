package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.record.ExchangeRecord;
import dev.drover.tools.fake.Behaviour;
import dev.drover.tools.fake.FakeProvider;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("data-plane")
class TracesIT {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  @TempDir private Path folder;
  private SpanReceiver receiver;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    receiver = new SpanReceiver();
    Files.writeString(folder.resolve("receiver.key"), "receiver-key");
    String traces =
        """
        policies:
          - { name: told, when: "'x-told' in headers", trace_content: true }
        traces:
          endpoint: %s
          headers: { x-receiver-key: { file: "FOLDER/receiver.key" } }
          redact: { case: "CASE-[0-9]+" }
        """
            .formatted(receiver.endpoint());
    rig = new Rig(folder, Rig.yaml() + traces);
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
    receiver.close();
  }

  private HttpResponse<String> send(String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        Http.request(rig.url() + Http.CHAT).POST(BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return Http.send(request.build());
  }

  private List<Span> spans(int count) throws Exception {
    List<Span> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(receiver.next());
    }
    Thread.sleep(300); // one too many would come soon
    assertThat(receiver.waiting()).isZero();
    return all;
  }

  private static Span exchange(List<Span> spans) {
    return spans.stream().filter(s -> s.getName().equals("chat chat")).findFirst().orElseThrow();
  }

  private static Span attempt(List<Span> spans, String target) {
    return spans.stream()
        .filter(s -> s.getName().equals("attempt " + target))
        .findFirst()
        .orElseThrow();
  }

  private static String header(FakeProvider provider, String name) {
    return provider.received().getLast().headers().get(name);
  }

  @Test
  void exchangeWithFallback_isASpanWithAChildForEachAttempt_andAllIdsAgree() throws Exception {
    rig.first.behave(Behaviour.always(Behaviour.Kind.ERROR_500));
    HttpResponse<String> answer =
        send(
            Http.chat("chat"),
            "traceparent",
            "00-" + TRACE + "-" + PARENT + "-01",
            "tracestate",
            "vendor=x");
    assertThat(answer.statusCode()).isEqualTo(200);
    List<Span> spans = spans(3);
    Span exchange = exchange(spans);
    Span failed = attempt(spans, "cheap");
    Span good = attempt(spans, "dear");
    assertThat(spans).allMatch(span -> SpanReceiver.hex(span.getTraceId()).equals(TRACE));
    assertThat(SpanReceiver.hex(exchange.getParentSpanId())).isEqualTo(PARENT);
    assertThat(exchange.getTraceState()).isEqualTo("vendor=x");
    assertThat(exchange.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(List.of(failed, good))
        .allMatch(span -> span.getParentSpanId().equals(exchange.getSpanId()))
        .allMatch(span -> span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT)
        .allMatch(span -> span.getStartTimeUnixNano() >= exchange.getStartTimeUnixNano())
        .allMatch(span -> span.getEndTimeUnixNano() <= exchange.getEndTimeUnixNano());
    assertThat(failed.getEndTimeUnixNano()).isLessThanOrEqualTo(good.getStartTimeUnixNano());
    assertThat(header(rig.first, "traceparent"))
        .isEqualTo("00-" + TRACE + "-" + SpanReceiver.hex(failed.getSpanId()) + "-01");
    assertThat(header(rig.second, "traceparent"))
        .isEqualTo("00-" + TRACE + "-" + SpanReceiver.hex(good.getSpanId()) + "-01");
    assertThat(header(rig.second, "tracestate")).isEqualTo("vendor=x");
    ExchangeRecord record = rig.record();
    assertThat(record.trace().traceId()).isEqualTo(TRACE);
    assertThat(answer.headers().firstValue("x-drover-exchange")).contains(record.id());
    assertThat(SpanReceiver.attributes(exchange))
        .containsEntry("drover.exchange", record.id())
        .containsEntry("gen_ai.operation.name", "chat")
        .containsEntry("gen_ai.request.model", "chat")
        .containsEntry("gen_ai.response.model", "dear-2")
        .containsEntry("gen_ai.provider.name", "two")
        .containsEntry("gen_ai.usage.input_tokens", Long.toString(record.usage().input()))
        .containsEntry("gen_ai.usage.output_tokens", Long.toString(record.usage().output()))
        .containsEntry("drover.cost_usd", record.cost().toString())
        .doesNotContainKeys("gen_ai.input.messages", "gen_ai.output.messages");
    assertThat(SpanReceiver.attributes(failed))
        .containsEntry("drover.outcome", "failure")
        .containsEntry("error.type", "failure")
        .containsEntry("http.response.status_code", "500");
    assertThat(receiver.key).isEqualTo("receiver-key");
    String page = Files.readString(Path.of("docs/reference/traces.md"));
    for (Span span : spans) {
      assertThat(SpanReceiver.attributes(span).keySet())
          .allMatch(name -> page.contains("| `" + name + "` |"));
    }
    rig.settle();
    String scraped =
        Http.send(
                Http.request("http://" + rig.server.adminAddress() + "/metrics")
                    .header("accept", "application/openmetrics-text;version=1.0.0")
                    .build())
            .body();
    assertThat(scraped).contains("trace_id=\"" + TRACE + "\"").endsWith("# EOF\n");
  }

  @Test
  void exchangeOfNoTrace_beginsOneThatHasItsId() throws Exception {
    send(Http.chat("chat"));
    ExchangeRecord record = rig.record();
    List<Span> spans = spans(2);
    assertThat(spans).allMatch(span -> SpanReceiver.hex(span.getTraceId()).equals(record.id()));
    assertThat(exchange(spans).getParentSpanId().isEmpty()).isTrue();
    assertThat(header(rig.first, "traceparent")).startsWith("00-" + record.id() + "-");
  }

  @Test
  void traceThatItsClientDoesNotKeep_isPassedOnAndNotSent() throws Exception {
    send(Http.chat("chat"), "traceparent", "00-" + TRACE + "-" + PARENT + "-00");
    rig.record();
    send(Http.chat("chat"));
    String kept = rig.record().id();
    assertThat(spans(2)).allMatch(span -> SpanReceiver.hex(span.getTraceId()).equals(kept));
    assertThat(rig.first.received().getFirst().headers().get("traceparent"))
        .startsWith("00-" + TRACE)
        .endsWith("-00");
  }

  @Test
  void contentThatAPolicyWants_isTold_butRedacted() throws Exception {
    String body =
        """
        {"model":"chat","stream":STREAM,"messages":[
          {"role":"system","content":"Be kind."},
          {"role":"user","content":[{"type":"text","text":"I am ann@example.org, CASE-4711"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}
        """;
    for (boolean stream : List.of(true, false)) {
      send(body.replace("STREAM", Boolean.toString(stream)), "x-told", "1");
      rig.record();
      Map<String, String> said = SpanReceiver.attributes(exchange(spans(2)));
      assertThat(said.get("gen_ai.input.messages"))
          .isEqualTo(
              "[{\"role\":\"system\",\"parts\":[{\"type\":\"text\",\"content\":\"Be kind.\"}]},"
                  + "{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"I am [email], [case]\"},"
                  + "{\"type\":\"blob\",\"modality\":\"image_url\"}]}]");
      assertThat(said.get("gen_ai.output.messages"))
          .startsWith(
              "[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\""
                  + (stream ? "word word" : "Hello from"))
          .endsWith("\"finish_reason\":\"stop\"}]");
    }
  }

  @Test
  void refusedRequest_isASpanWithItsReason() throws Exception {
    HttpResponse<String> answer = send(Http.chat("unheard-of"));
    Span span = spans(1).getFirst();
    assertThat(answer.headers().firstValue("x-drover-exchange")).contains(rig.record().id());
    assertThat(SpanReceiver.attributes(span))
        .containsEntry("error.type", "model_not_found")
        .containsEntry("http.response.status_code", "404");
  }

  /** Neither requests nor the end wait for it. */
  @Test
  void receiverThatHangs_holdsNothingUp() throws Exception {
    receiver.gate = new CountDownLatch(1);
    try {
      for (int i = 0; i < 20; i++) {
        assertThat(send(Http.chat("chat")).statusCode()).isEqualTo(200);
        rig.record();
      }
      rig.server.close();
      assertThat(receiver.answered).hasValue(0);
    } finally {
      receiver.gate.countDown();
    }
  }

  @Test
  void receiverThatRefuses_costsNobodyAnAnswer_andIsCounted() throws Exception {
    receiver.status = 400;
    for (int i = 0; i < 20; i++) {
      assertThat(send(Http.chat("chat")).statusCode()).isEqualTo(200);
      rig.record();
    }
    String line = "drover_traces_spans_total{result=\"refused\"}";
    String page = "";
    for (int i = 0; i < 100 && !page.contains(line + " 40.0"); i++) {
      Thread.sleep(100);
      page = Http.get("http://" + rig.server.adminAddress() + "/metrics").body();
    }
    assertThat(page).contains(line + " 40.0");
  }
}
