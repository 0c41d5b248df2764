package dev.drover.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.admission.AdmissionRequest;
import dev.drover.admission.Quota;
import dev.drover.coordination.Coordinator;
import dev.drover.exchange.pipeline.Workloads;
import dev.drover.message.BodyChange;
import dev.drover.message.BodyMode;
import dev.drover.message.Headers;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.message.ProcessingModes;
import dev.drover.record.Caller;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.Outcome;
import dev.drover.testing.Cases;
import dev.drover.testing.Configs;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExchangeTest {
  private final Scene scene = Scene.three();
  private final Exchange router = scene.open();

  private static String text(List<Bytes> rope) {
    return rope.stream().map(Bytes::text).collect(Collectors.joining());
  }

  private static String text(Outbound.HeadersResponse answer) {
    return text(Objects.requireNonNull(answer.body()));
  }

  private static BodyMode askedFor(Outbound.HeadersResponse answer) {
    return Objects.requireNonNull(answer.override()).request();
  }

  private static Inbound.RequestHeaders chat(BodyMode mode, String... headers) {
    String[] all = new String[headers.length + 6];
    System.arraycopy(headers, 0, all, 6, headers.length);
    all[0] = ":method";
    all[1] = "POST";
    all[2] = ":path";
    all[3] = "/v1/chat/completions?api=1";
    all[4] = "content-length";
    all[5] = "100";
    return new Inbound.RequestHeaders(
        Scene.headers(all),
        false,
        new ProcessingModes(mode, BodyMode.STREAMED, true),
        null,
        null,
        null);
  }

  private Outbound.BodyResponse decide() {
    router.advance(chat(BodyMode.BUFFERED));
    return (Outbound.BodyResponse) router.advance(Scene.body(Scene.BODY)).getFirst();
  }

  @Test
  void headers_areStrippedOfWhatProvidersMustNotSee() {
    var answer =
        (Outbound.HeadersResponse)
            router
                .advance(
                    chat(
                        BodyMode.BUFFERED,
                        "x-drover-plan",
                        "forged",
                        "authorization",
                        "Bearer sk",
                        "accept-encoding",
                        "br",
                        "x-api-key",
                        "k"))
                .getFirst();
    assertThat(answer.edits().remove())
        .contains("x-drover-plan", "authorization", "accept-encoding", "x-api-key");
    assertThat(answer.override()).isNull();
  }

  @Test
  void requestThatOthersCount_goesOnWhenTheyHaveReplied_trailersIncluded() {
    Scene waiting = Scene.three();
    var reply = waiting.asking();
    Exchange exchange = waiting.open();
    exchange.advance(
        Scene.chat(new ProcessingModes(BodyMode.FULL_DUPLEX_STREAMED, BodyMode.STREAMED, true)));
    exchange.advance(new Inbound.RequestBody(Bytes.utf8(Scene.BODY), false));
    assertThat(exchange.advance(new Inbound.RequestTrailers()))
        .containsExactly(new Outbound.Await(reply));
    reply.complete(admitted(waiting));
    assertThat(exchange.advance(new Inbound.Replied()))
        .hasSize(3)
        .last()
        .isInstanceOf(Outbound.TrailersResponse.class);
    assertThat(exchange.phaseName()).isEqualTo("AwaitingResponse");
  }

  private static Coordinator.Reply admitted(Scene scene) {
    return new Coordinator.Reply.Decided(
        scene
            .state
            .controller()
            .admit(
                new AdmissionRequest(
                    Caller.ANONYMOUS,
                    "chat",
                    Map.of(),
                    100,
                    100,
                    new AdmissionRequest.Bound(100, 100))));
  }

  @Test
  void namesThatClientsMakeUp_areInNoRecord() {
    for (int i = 0; i < 10_000; i++) {
      Exchange exchange = scene.open();
      exchange.advance(Scene.chat(Scene.BUFFERED));
      exchange.advance(Scene.body(Scene.BODY.replace("chat", "made-up-" + i)));
    }
    assertThat(scene.records)
        .hasSize(10_000)
        .extracting(r -> r.asked().model())
        .containsOnlyNulls();
  }

  @Test
  void clientThatLeavesWhileOthersAreAsked_givesItsPlaceBack() {
    Scene waiting =
        new Scene(
            Configs.THREE.replace("strategy: STRATEGY", "budgets: [ { limit_tokens: 1000 } ]"));
    var reply = waiting.asking();
    Exchange exchange = waiting.open();
    exchange.advance(Scene.chat(Scene.BUFFERED));
    exchange.advance(Scene.body(Scene.BODY));
    exchange.advance(new Inbound.Closed());
    assertThat(waiting.records).singleElement().extracting("ending").isEqualTo(Ending.CANCELLED);
    Coordinator.Reply late = admitted(waiting);
    var budget = waiting.state.controller().budgets().all().getFirst();
    assertThat(budget.reserved(waiting.wall.instant())).isEqualTo(100);
    reply.complete(late);
    exchange.advance(new Inbound.Replied());
    assertThat(exchange.phaseName()).isEqualTo("Ended");
    assertThat(budget.reserved(waiting.wall.instant())).isZero();
  }

  @Test
  void quotaThatComesOrGoesWithAReload_isLeftAsItWasFound() {
    String limited =
        Configs.THREE
            .replace("STRATEGY", "priority")
            .replace("context_window: 1000", "limits: { in_flight: 5 }");
    Scene limitedScene = new Scene(limited);
    var quotas = limitedScene.state.controller().quotas();
    Quota quota = Objects.requireNonNull(quotas.ofTarget("a"));
    for (String next : new String[] {Configs.THREE.replace("STRATEGY", "priority"), limited}) {
      Exchange decided = limitedScene.open();
      decided.advance(Scene.chat(Scene.BUFFERED));
      decided.advance(Scene.body(Scene.BODY));
      quotas.configure(Configs.load(next));
      Exchange attempt = limitedScene.open();
      attempt.advance(Scene.attempt("a", "x-" + limitedScene.records.size()));
      attempt.advance(new Inbound.Closed());
      decided.advance(new Inbound.Closed());
      assertThat(limitedScene.records.getLast().attempts()).hasSize(1);
      assertThat(quota.inFlight()).isZero();
    }
  }

  private static Inbound.RequestHeaders declaring(long bytes) {
    return new Inbound.RequestHeaders(
        Scene.headers(
            ":method", "POST", ":path", "/v1/chat/completions", "content-length", "" + bytes),
        false,
        Scene.BUFFERED,
        null,
        null,
        null);
  }

  private static Outbound.ImmediateResponse refusal(List<Outbound> answers) {
    return (Outbound.ImmediateResponse) answers.getFirst();
  }

  /**
   * Envoy 1.37 ends when it refuses a body that is too large after Drover's reply. A refusal by the
   * headers waits for a body whose length is not known, and leaves one over the limit to Envoy.
   */
  @ParameterizedTest
  @CsvSource({
    "0, true",
    "100, true",
    "16777216, true",
    "16777217, false",
    "none, false",
    "1e9, false"
  })
  void refusalByTheHeaders_waitsForABodyThatMayBeTooLarge(String declared, boolean atOnce) {
    Map<String, String> headers =
        new HashMap<>(Map.of(":method", "POST", ":path", "/v1/chat/completions"));
    headers.put("content-encoding", "br");
    if (!declared.equals("none")) {
      headers.put("content-length", declared);
    }
    List<Outbound> first =
        router.advance(
            new Inbound.RequestHeaders(
                Headers.of(headers), false, Scene.BUFFERED, null, null, null));
    if (atOnce) {
      assertThat(refusal(first).status()).isEqualTo(415);
    } else {
      assertThat(first.getFirst()).isInstanceOf(Outbound.HeadersResponse.class);
      assertThat(refusal(router.advance(Scene.body(Scene.BODY))).status()).isEqualTo(415);
    }
    assertThat(scene.records).hasSize(1);
    assertThat(scene.settled()).isTrue();
  }

  /** A body that has no room is refused by its declared length, before Envoy sends it. */
  @Test
  void bodiesUnderWay_haveABound() {
    scene.heldMost = 9_000_000;
    List<Exchange> open = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      open.add(scene.open());
      assertThat(open.getLast().advance(declaring(1_000_000)).getFirst())
          .isInstanceOf(Outbound.HeadersResponse.class);
    }
    Outbound.ImmediateResponse refused = refusal(scene.open().advance(declaring(1_000_000)));
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers()).containsEntry("retry-after", "1");
    assertThat(refused.body().text()).contains("memory_share");
    scene.heldMost = 6_500_000;
    assertThat(refusal(scene.open().advance(declaring(1_000_000))).body().text())
        .contains("memory_full");
    open.removeLast().advance(new Inbound.Closed());
    assertThat(scene.held.held()).isEqualTo(5_000_000);
    open.forEach(exchange -> exchange.advance(new Inbound.Closed()));
    assertThat(scene.held.held()).isZero();
  }

  @Test
  void body_isHeldUntilTheAnswerBegins() {
    router.advance(declaring(1_000_000));
    router.advance(Scene.body(Scene.BODY));
    scene.open().advance(Scene.attempt("a", "x-0"));
    assertThat(scene.held.held()).isEqualTo(1_000_000);
    router.advance(Scene.answer(200));
    assertThat(scene.held.held()).isZero();
    router.advance(new Inbound.Closed());
  }

  /** An answer that has no room is not kept whole; it reaches the client, and its usage is read. */
  @Test
  void answersThatAreKept_haveABoundToo() {
    scene.heldMost = 100_000;
    router.advance(Scene.chat(Scene.BUFFERED));
    router.advance(Scene.body(Scene.BODY));
    scene.open().advance(Scene.attempt("a", "x-0"));
    router.advance(Scene.answer(200));
    router.advance(
        Scene.answerBody("{\"choices\":[{\"message\":{\"content\":\"" + "a".repeat(90_000), false));
    for (int i = 0; i < 50; i++) {
      router.advance(Scene.answerBody("b".repeat(10_000), false));
      assertThat(scene.held.held()).isLessThanOrEqualTo(100_000);
    }
    router.advance(
        Scene.answerBody(
            "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":7,"
                + "\"total_tokens\":16}}",
            true));
    assertThat(scene.records.getFirst().usage().output()).isEqualTo(7);
    router.advance(new Inbound.Closed());
    assertThat(scene.held.held()).isZero();
  }

  /** Whatever a client wrote before the element that Envoy appends, that element alone counts. */
  @Test
  void workload_isNeverOneThatAClientWrote() {
    String[] pieces = {"\"", ",", ";", "=", "\\", "URI=spiffe://admin", "By=x", "Subject=\"", "a"};
    String[] own = {
      "By=spiffe://me;Hash=1;Subject=\"CN=a,O=b\";URI=spiffe://real",
      "By=spiffe://me;Hash=1;Subject=\"CN=a\\\\\"b\";URI=spiffe://real;DNS=x",
      "By=spiffe://me;Hash=1;URI=spiffe://real",
      "By=spiffe://me;Hash=1;Subject=\"CN=a\\\\\"b\"",
      "By=spiffe://me;Hash=1;Subject=\"CN=a\\\\\"",
      "By=spiffe://me;Hash=1"
    };
    Cases.each(
        random -> {
          StringBuilder written = new StringBuilder();
          for (int i = random.nextInt(12); i > 0; i--) {
            written.append(pieces[random.nextInt(pieces.length)]);
          }
          String appended = own[random.nextInt(own.length)];
          assertThat(Workloads.spiffeId(written + "," + appended))
              .as("%s , %s", written, appended)
              .isEqualTo(appended.contains("real") ? "spiffe://real" : "");
        });
  }

  @Test
  void workload_isTheLastHopOfTheForwardedCertificates() {
    assertThat(Workloads.spiffeId("")).isEmpty();
    assertThat(Workloads.spiffeId("Hash=1;URI=spiffe://a/ns/x/sa/y"))
        .isEqualTo("spiffe://a/ns/x/sa/y");
    assertThat(
            Workloads.spiffeId(
                "By=spiffe://me;URI=spiffe://far,By=spiffe://me;Subject=\"CN=a,O=b;URI=spiffe://no\";uri=\"spiffe://near\""))
        .isEqualTo("spiffe://near");
    assertThat(Workloads.spiffeId("URI=spiffe://far,Hash=2")).isEmpty();
    assertThat(Workloads.spiffeId("Subject=\"CN=a\\\";URI=spiffe://admin;\""))
        .as("an escaped quote ends nothing")
        .isEmpty();
    assertThat(Workloads.spiffeId(",\"".repeat(8000))).isEmpty();
    assertThat(Workloads.spiffeId(",".repeat(16_000))).isEmpty();
  }

  @Test
  void otherPaths_areLeftAlone_butForForgedPlans() {
    var answer =
        (Outbound.HeadersResponse)
            router
                .advance(
                    new Inbound.RequestHeaders(
                        Scene.headers(
                            ":method", "GET", ":path", "/x", "x-drover-plan", "drover_ext_proc"),
                        false,
                        Scene.BUFFERED,
                        null,
                        null,
                        null))
                .getFirst();
    assertThat(answer.edits().remove()).containsExactly("x-drover-plan");
    assertThat(answer.clearRoute()).isTrue();
    assertThat(answer.override()).isEqualTo(ProcessingModes.NOTHING);
    assertThat(scene.records).isEmpty();
  }

  /** The name of a plan cluster: each target with what its address comes to. */
  private static String plan(String... targets) {
    return "drover\\|chat\\|" + String.join("@[0-9a-f]{8}\\|", targets) + "@[0-9a-f]{8}";
  }

  @Test
  void decision_namesPlanRetriesAndTimeouts() {
    Outbound.BodyResponse answer = decide();
    assertThat(answer.clearRoute()).isTrue();
    assertThat(answer.edits().set())
        .hasEntrySatisfying("x-drover-plan", plan -> assertThat(plan).matches(plan("a", "b", "c")))
        .containsEntry("x-envoy-max-retries", "2")
        .containsEntry("x-envoy-upstream-rq-per-try-timeout-ms", "30000")
        .containsEntry("x-envoy-upstream-rq-timeout-ms", "60000")
        .containsEntry("content-length", Integer.toString(Scene.BODY.length() + 3))
        .doesNotContainKey("authorization");
    assertThat(answer.change())
        .isInstanceOfSatisfying(
            BodyChange.Replace.class,
            replace ->
                assertThat(text(replace.rope()))
                    .isEqualTo(Scene.BODY.replace("\"chat\"", "\"model-a\"")));
    assertThat(answer.metadata())
        .containsEntry("exchange", "x-0")
        .containsEntry("operation", "/chat/completions");
  }

  @Test
  void attempts_getTheirOwnPathKeyAndBody() {
    decide();
    var first =
        (Outbound.HeadersResponse) scene.open().advance(Scene.attempt("a", "x-0")).getFirst();
    assertThat(first.body()).as("already sent by the router level").isNull();
    assertThat(first.edits().set())
        .containsEntry(":authority", "one.example")
        .containsEntry(":path", "/v1/chat/completions?api=1")
        .containsEntry("authorization", "Bearer sk-KEY_ONE");
    var second =
        (Outbound.HeadersResponse) scene.open().advance(Scene.attempt("b", "x-0")).getFirst();
    assertThat(second.edits().set())
        .containsEntry(":authority", "two.example:8000")
        .containsEntry(":path", "/api/chat/completions?api=1")
        .containsEntry("authorization", "Bearer sk-KEY_TWO");
    assertThat(text(second)).contains("\"model-b\"");
    assertThat(second.metadata()).containsEntry("content_length", (long) text(second).length());
    var again =
        (Outbound.HeadersResponse) scene.open().advance(Scene.attempt("a", "x-0")).getFirst();
    assertThat(text(again)).as("a retry is always replaced").contains("\"model-a\"");
    router.advance(new Inbound.Closed());
  }

  @Test
  void attemptAtAnAddressThatIsNoLongerTheTargets_getsNoKey() {
    decide();
    Inbound.RequestHeaders known = Scene.attempt("a", "x-0");
    for (String target : List.of("a", "a@0", "nobody@1")) {
      var stale =
          new Inbound.RequestHeaders(
              known.headers(), false, known.modes(), target, null, known.exchange());
      assertThat(scene.open().advance(stale))
          .singleElement()
          .isInstanceOf(Outbound.ProtocolError.class);
    }
    router.advance(new Inbound.Closed());
  }

  @Test
  void attemptGivenUp_isATimeoutWhenItLastedThatLong_elseAFailure() {
    decide();
    Exchange slow = scene.open();
    slow.advance(Scene.attempt("a", "x-0"));
    scene.time.advance(Duration.ofSeconds(30));
    slow.advance(new Inbound.Closed());
    Exchange reset = scene.open();
    reset.advance(Scene.attempt("b", "x-0"));
    scene.time.advance(Duration.ofMillis(10));
    reset.advance(new Inbound.Closed());
    Exchange good = scene.open();
    good.advance(Scene.attempt("c", "x-0"));
    good.advance(Scene.answer(200));
    router.advance(Scene.answer(200));
    router.advance(Scene.answerBody("{\"choices\":[{}]}", true));

    assertThat(scene.records.getFirst().attempts())
        .extracting(ExchangeRecord.AttemptRecord::outcome)
        .containsExactly(Outcome.TIMEOUT, Outcome.FAILURE, Outcome.SUCCESS);
  }

  @Test
  void goodHeadersThatTheClientNeverGot_areAFailure() {
    decide();
    Exchange attempt = scene.open();
    attempt.advance(Scene.attempt("a", "x-0"));
    attempt.advance(Scene.answer(200));
    attempt.advance(new Inbound.Closed());
    router.advance(Scene.answer(502));
    router.advance(Scene.answerBody("upstream reset", true));

    assertThat(scene.records.getFirst().attempts())
        .extracting(ExchangeRecord.AttemptRecord::outcome)
        .containsExactly(Outcome.FAILURE);
  }

  @Test
  void hedgeThatTheCallersFaultEnds_saysNothingOfTheOther() {
    Scene hedged = new Scene(Configs.THREE.replace("strategy: STRATEGY", "hedge_after: 300ms"));
    Exchange level = hedged.open();
    level.advance(chat(BodyMode.BUFFERED));
    level.advance(Scene.body(Scene.BODY));
    Exchange silent = hedged.open();
    silent.advance(Scene.attempt("a", "x-0"));
    hedged.time.advance(Duration.ofMillis(300));
    Exchange quick = hedged.open();
    quick.advance(Scene.attempt("b", "x-0"));
    quick.advance(Scene.answer(400));
    level.advance(Scene.answer(400));
    silent.advance(new Inbound.Closed());
    level.advance(Scene.answerBody("{}", true));

    assertThat(hedged.records.getFirst().attempts())
        .extracting(ExchangeRecord.AttemptRecord::outcome)
        .containsExactly(Outcome.OUTRUN, Outcome.CALLER_FAULT);
  }

  @ParameterizedTest
  @CsvSource({
    "'','{\"choices\":',20",
    "gzip,this is no gzip at all,20",
    "deflate,whatever,20",
    "'','',0",
    "'',<html>,0",
    "'','{\"error\":{\"message\":\"overloaded\"}}',0"
  })
  void answerThatCannotBeRead_isChargedAsAWholeOne_unlessItIsNone(
      String encoding, String text, int output) {
    router.advance(chat(BodyMode.BUFFERED));
    router.advance(Scene.body(Scene.BODY.replace("{\"model", "{\"max_tokens\":20,\"model")));
    scene.open().advance(Scene.attempt("a", "x-0"));
    var headers =
        Scene.headers(
            ":status", "200", "content-type", "application/json", "content-encoding", encoding);
    router.advance(new Inbound.ResponseHeaders(headers, false, null, 0));
    router.advance(Scene.answerBody(text, true));

    Usage usage = scene.records.getFirst().usage();
    assertThat(usage.status()).isEqualTo(Usage.Status.ESTIMATED);
    assertThat(usage.output()).isEqualTo(output);
  }

  @ParameterizedTest
  @CsvSource({"true,COMPLETE,SUCCESS", "false,CUT,CANCELLED"})
  void streamThatSaidItIsOver_isWhole_thoughTheClientLeftAtOnce(
      boolean done, Ending ending, Outcome outcome) {
    router.advance(chat(BodyMode.BUFFERED));
    router.advance(Scene.body(Scene.BODY.replace("{\"model", "{\"stream\":true,\"model")));
    scene.open().advance(Scene.attempt("a", "x-0"));
    var headers = Scene.headers(":status", "200", "content-type", "text/event-stream");
    router.advance(new Inbound.ResponseHeaders(headers, false, null, 0));
    String stop = "data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n";
    router.advance(Scene.answerBody(done ? stop + "data: [DONE]\n\n" : stop, false));
    router.advance(new Inbound.Closed());

    ExchangeRecord record = scene.records.getFirst();
    assertThat(record.ending()).isEqualTo(ending);
    assertThat(record.attempts().getFirst().outcome()).isEqualTo(outcome);
  }

  @ParameterizedTest
  @CsvSource({
    "9000,'\"delta\":{\"content\":\"four\"},\"finish_reason\":\"stop\"',801,800",
    "9000,'\"delta\":{\"content\":\"four\"}',801,800",
    "9000,'\"delta\":{},\"finish_reason\":\"length\"',800,800",
    "9000,'\"delta\":{\"role\":\"assistant\"}',0,0",
    "1,'\"delta\":{\"content\":\"eighteen\"}',2,0"
  })
  void streamLeftBeforeItsUsage_isChargedForWhatItsTargetReasonsUnseen(
      int bound, String choice, int output, int reasoning) {
    router.advance(chat(BodyMode.BUFFERED));
    router.advance(Scene.body(Scene.BODY));
    scene.open().advance(Scene.attempt("a", "x-0"));
    router.advance(Scene.answer(200));
    router.advance(
        Scene.answerBody(
            """
            {"choices":[{"message":{"content":"four"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,
            "completion_tokens":801,"total_tokens":806,"completion_tokens_details":{"reasoning_tokens":800}}}
            """,
            true));
    Exchange left = scene.open();
    left.advance(chat(BodyMode.BUFFERED));
    left.advance(
        Scene.body(
            Scene.BODY.replace(
                "{\"model", "{\"stream\":true,\"max_tokens\":" + bound + ",\"model")));
    scene.open().advance(Scene.attempt("a", "x-1"));
    var headers = Scene.headers(":status", "200", "content-type", "text/event-stream");
    left.advance(new Inbound.ResponseHeaders(headers, false, null, 0));
    left.advance(Scene.answerBody("data: {\"choices\":[{" + choice + "}]}\n\n", false));
    left.advance(new Inbound.Closed());

    Usage usage = scene.records.getLast().usage();
    assertThat(usage.status()).isEqualTo(Usage.Status.ESTIMATED);
    assertThat(usage.output()).isEqualTo(output);
    assertThat(usage.reasoning()).isEqualTo(reasoning);
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"error\":{\"message\":\"overloaded\"}}',false",
    "'{\"choices\":[]}',false",
    "'{\"choices\":[{}]}',true"
  })
  void errorUnderAGoodStatus_teachesNotHowFastTheTargetIs(String text, boolean taught) {
    router.advance(chat(BodyMode.BUFFERED));
    router.advance(Scene.body(Scene.BODY));
    scene.open().advance(Scene.attempt("a", "x-0"));
    router.advance(Scene.answer(200));
    scene.time.advance(Duration.ofMillis(5));
    router.advance(Scene.answerBody(text, true));

    double known =
        scene.state.health().all().stream()
            .filter(health -> health.target().equals("a"))
            .findFirst()
            .orElseThrow()
            .times()
            .wholeNanos();
    assertThat(known > 0).isEqualTo(taught);
  }

  /** Text, usage as stated; the output counted, and how far it can be trusted. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "3000 | ~~ | 750 | ESTIMATED",
        "3000 | 'usage':{'prompt_tokens':0,'completion_tokens':0,'total_tokens':0} | 750 | ESTIMATED",
        "3000 | 'usage':{'prompt_tokens':9,'completion_tokens':0,'total_tokens':9} | 750 | ESTIMATED",
        "3000 | 'usage':{'prompt_tokens':9,'completion_tokens':1} | 750 | ESTIMATED",
        "3000 | 'usage':{'prompt_tokens':9,'completion_tokens':400} | 400 | COMPLETE",
        "3000 | 'usage':{'prompt_tokens':9,'completion_tokens':3000} | 3000 | COMPLETE",
        "0 | 'usage':{'prompt_tokens':9,'completion_tokens':0,'total_tokens':9} | 0 | COMPLETE"
      })
  void usageThatCannotBe_isEstimated(int text, String usage, long output, Usage.Status status) {
    String choice = "{'index':0,'message':{'content':'%s'},'finish_reason':'stop'}";
    String body =
        "{'choices':[%s]%s}"
            .formatted(choice.formatted("a".repeat(text)), usage.isEmpty() ? "" : "," + usage);
    router.advance(chat(BodyMode.BUFFERED));
    router.advance(Scene.body(Scene.BODY));
    scene.open().advance(Scene.attempt("a", "x-0"));
    router.advance(Scene.answer(200));
    router.advance(Scene.answerBody(body.replace('\'', '"'), true));
    Usage counted = scene.records.getLast().usage();
    assertThat(counted.status()).isEqualTo(status);
    assertThat(counted.output() - counted.reasoning()).isEqualTo(output);
    assertThat(counted.input()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'error':{'message':'overloaded'}} | error_in_body",
        "{'choices':[]} | empty_response",
        "<html>502</html> | malformed_response"
      })
  void responseThatIsNoAnswer_isAFailureThatHasAName_andCostsThePromptAtMost(
      String body, String code) {
    router.advance(chat(BodyMode.BUFFERED));
    router.advance(Scene.body(Scene.BODY));
    scene.open().advance(Scene.attempt("a", "x-0"));
    router.advance(Scene.answer(200));
    router.advance(Scene.answerBody(body.replace('\'', '"'), true));
    ExchangeRecord record = scene.records.getLast();
    assertThat(record.code()).isEqualTo(code);
    assertThat(record.attempts().getLast().outcome()).isEqualTo(Outcome.FAILURE);
    assertThat(record.usage().output()).isZero();
  }

  @Test
  void streamedMode_asksForBuffered_andTakesAWholeBodyWhenItIsNotHeard() {
    var answer = (Outbound.HeadersResponse) router.advance(chat(BodyMode.STREAMED)).getFirst();
    assertThat(askedFor(answer)).isEqualTo(BodyMode.BUFFERED);
    assertThat(router.advance(Scene.body(Scene.BODY)).getFirst())
        .isInstanceOf(Outbound.BodyResponse.class);
    router.advance(new Inbound.Closed());
  }

  @Test
  void streamedModeInPieces_isRefusedWithTheReason() {
    router.advance(chat(BodyMode.STREAMED));
    var refusal =
        (Outbound.ImmediateResponse)
            router.advance(new Inbound.RequestBody(Bytes.utf8("{"), false)).getFirst();
    assertThat(refusal.status()).isEqualTo(500);
    assertThat(refusal.body().text()).contains("allow_mode_override");
  }

  @Test
  void encodedBody_is415_beforeItIsRead() {
    var refusal =
        (Outbound.ImmediateResponse)
            router.advance(chat(BodyMode.BUFFERED, "content-encoding", "gzip")).getFirst();
    assertThat(refusal.status()).isEqualTo(415);
    assertThat(scene.records.getFirst().code()).isEqualTo("unsupported_encoding");
    Exchange plain = scene.open();
    assertThat(plain.advance(chat(BodyMode.BUFFERED, "content-encoding", "identity")).getFirst())
        .isInstanceOf(Outbound.HeadersResponse.class);
    plain.advance(new Inbound.Closed());
  }

  @Test
  void cutBody_is413() {
    router.advance(chat(BodyMode.BUFFERED_PARTIAL));
    var refusal =
        (Outbound.ImmediateResponse)
            router.advance(new Inbound.RequestBody(Bytes.utf8("{"), false)).getFirst();
    assertThat(refusal.status()).isEqualTo(413);
    assertThat(scene.records.getFirst().code()).isEqualTo("body_cut");
  }

  @ParameterizedTest
  @CsvSource({"413, REFUSED, proxy_413", "503, FAILED,"})
  void envoysAnswerBeforeTheBody_isARefusalOfTheClient_orAFailure(
      int status, Ending ending, @Nullable String code) {
    router.advance(chat(BodyMode.BUFFERED));
    router.advance(Scene.answer(status));
    ExchangeRecord record = scene.records.getFirst();
    assertThat(record.status()).isEqualTo(status);
    assertThat(record.ending()).isEqualTo(ending);
    assertThat(record.code()).isEqualTo(code);
  }

  @Test
  void fullDuplex_answersHeadersWithTheBody() {
    assertThat(router.advance(chat(BodyMode.FULL_DUPLEX_STREAMED, "authorization", "Bearer sk")))
        .isEmpty();
    assertThat(
            router.advance(new Inbound.RequestBody(Bytes.utf8(Scene.BODY.substring(0, 10)), false)))
        .isEmpty();
    List<Outbound> answers =
        router.advance(new Inbound.RequestBody(Bytes.utf8(Scene.BODY.substring(10)), true));
    assertThat(answers).hasSize(2);
    assertThat(((Outbound.HeadersResponse) answers.get(0)).edits().remove())
        .contains("authorization");
    var body = (Outbound.BodyResponse) answers.get(1);
    assertThat(text(((BodyChange.Stream) body.change()).rope())).contains("model-a");
    router.advance(new Inbound.Closed());
  }

  @Test
  void fullDuplex_bearsASecondEndOfTheBody_butNoMoreOfIt() {
    router.advance(chat(BodyMode.FULL_DUPLEX_STREAMED));
    router.advance(new Inbound.RequestBody(Bytes.utf8(Scene.BODY), true));
    assertThat(router.advance(new Inbound.RequestBody(Bytes.EMPTY, true))).isEmpty();
    scene.open().advance(Scene.attempt("a", "x-0"));
    assertThat(router.advance(Scene.answer(200))).hasSize(1);
    router.advance(new Inbound.Closed());
    Exchange other = scene.open();
    other.advance(chat(BodyMode.FULL_DUPLEX_STREAMED));
    other.advance(new Inbound.RequestBody(Bytes.utf8(Scene.BODY), true));
    assertThat(other.advance(new Inbound.RequestBody(Bytes.utf8("x"), true)))
        .singleElement()
        .isInstanceOf(Outbound.ProtocolError.class);
  }

  @Test
  void fullDuplex_tellsTheLengthThatEnvoyDrops() {
    router.advance(chat(BodyMode.FULL_DUPLEX_STREAMED));
    var headers =
        (Outbound.HeadersResponse)
            router.advance(new Inbound.RequestBody(Bytes.utf8(Scene.BODY), true)).getFirst();
    long length = Scene.BODY.replace("chat", "model-a").length();
    assertThat(headers.metadata()).containsEntry("content_length", length);
    router.advance(new Inbound.Closed());
  }

  /** An upload that stalls gets a reply of Envoy's own, whose body is streamed as well. */
  @Test
  void fullDuplex_passesEnvoysOwnReply() {
    router.advance(
        Scene.chat(
            new ProcessingModes(
                BodyMode.FULL_DUPLEX_STREAMED, BodyMode.FULL_DUPLEX_STREAMED, true)));
    router.advance(new Inbound.RequestBody(Bytes.utf8("{"), false));
    assertThat(router.advance(Scene.answer(408))).hasSize(1);
    var body =
        (Outbound.BodyResponse) router.advance(Scene.answerBody("{\"error\":{}}", true)).getFirst();
    assertThat(body.change())
        .isEqualTo(new BodyChange.Stream(List.of(Bytes.utf8("{\"error\":{}}")), true));
    assertThat(scene.records).hasSize(1);
  }

  @Test
  void fullDuplexWithTrailers_endsWithTheTrailersAnswer() {
    router.advance(chat(BodyMode.FULL_DUPLEX_STREAMED));
    router.advance(new Inbound.RequestBody(Bytes.utf8(Scene.BODY), false));
    List<Outbound> answers = router.advance(new Inbound.RequestTrailers());
    assertThat(answers).hasSize(3);
    assertThat(((BodyChange.Stream) ((Outbound.BodyResponse) answers.get(1)).change()).end())
        .isFalse();
    assertThat(answers.get(2)).isInstanceOf(Outbound.TrailersResponse.class);
    router.advance(new Inbound.Closed());
  }

  @Test
  void exchangeOfAnotherReplica_isAdopted() {
    Exchange adopted = scene.open();
    var ask =
        (Outbound.HeadersResponse) adopted.advance(Scene.attempt("b", "elsewhere")).getFirst();
    assertThat(askedFor(ask)).isEqualTo(BodyMode.BUFFERED);
    var answer =
        (Outbound.BodyResponse)
            adopted.advance(Scene.body(Scene.BODY.replace("\"chat\"", "\"model-a\""))).getFirst();
    assertThat(text(((BodyChange.Replace) answer.change()).rope()))
        .isEqualTo(Scene.BODY.replace("\"chat\"", "\"model-b\""));
    assertThat(answer.edits().set())
        .containsEntry("authorization", "Bearer sk-KEY_TWO")
        .containsKey("content-length");
    adopted.advance(Scene.answer(503));
    adopted.advance(new Inbound.Closed());
    assertThat(scene.records).isEmpty();
    assertThat(scene.settled()).isTrue();
  }

  @Test
  void exchangeOfAnotherReplica_withATargetThatOnlyItHas_isAdopted() {
    String three = Configs.THREE.replace("STRATEGY", "priority");
    Scene behind = new Scene(three.replaceAll("\\bb\\b", "old"), three);
    Exchange adopted = behind.open();
    var ask =
        (Outbound.HeadersResponse) adopted.advance(Scene.attempt("b", "elsewhere")).getFirst();
    assertThat(askedFor(ask)).isEqualTo(BodyMode.BUFFERED);
    var answer = (Outbound.BodyResponse) adopted.advance(Scene.body(Scene.BODY)).getFirst();
    assertThat(answer.edits().set()).containsEntry("authorization", "Bearer sk-KEY_TWO");
    adopted.advance(new Inbound.Closed());
    assertThat(behind.settled()).isTrue();
  }

  @Test
  void oneFilter_rewritesForThePrimaryAtTheRouterLevel() {
    Scene one =
        new Scene(Configs.THREE.replace("STRATEGY", "priority") + "envoy: { filters: one }\n");
    Exchange exchange = one.open();
    exchange.advance(chat(BodyMode.BUFFERED));
    var answer = (Outbound.BodyResponse) exchange.advance(Scene.body(Scene.BODY)).getFirst();
    assertThat(answer.edits().set())
        .hasEntrySatisfying("x-drover-plan", plan -> assertThat(plan).matches(plan("a")))
        .containsEntry("authorization", "Bearer sk-KEY_ONE")
        .containsEntry(":path", "/v1/chat/completions?api=1");
    exchange.advance(Scene.answer(500));
    exchange.advance(Scene.answerBody("{}", true));
    assertThat(one.records.getFirst().attempts())
        .extracting(ExchangeRecord.AttemptRecord::outcome)
        .containsExactly(Outcome.FAILURE);
    assertThat(one.settled()).isTrue();
  }
}
