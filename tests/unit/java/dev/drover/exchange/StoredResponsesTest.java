package dev.drover.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.admission.Callers;
import dev.drover.coordination.Coordinator;
import dev.drover.message.BodyMode;
import dev.drover.message.ExchangeMetadata;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.message.ProcessingModes;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.state.stored.ResponseLocation;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses that a provider stores: T62, T63, T64. */
class StoredResponsesTest {
  private static final String CONFIG =
      """
      version: 1
      providers:
        one: { base_url: "https://one.example/v1", dialect: responses, credentials: [ { env: FIRST }, { env: SECOND } ] }
        two: { base_url: "https://two.example/v1", dialect: responses, credentials: [ { env: KEY } ] }
        old: { base_url: "https://old.example/v1", credentials: [ { env: KEY } ] }
      targets:
        a: { provider: one, model: model-a, price: { input: 1, output: 2 } }
        b: { provider: two, model: model-b, price: { input: 1, output: 2 } }
        c: { provider: one, model: model-c, price: { input: 1, output: 2 } }
        d: { provider: old, model: model-d, price: { input: 1, output: 2 } }
      models:
        big: { targets: [a, b, d], strategy: priority }
        small: { targets: [b, c], strategy: priority }
        other: { targets: [b], strategy: priority }
        chat: { targets: [d] }
      keys:
        - { id: ann, sha256: "ANN", team: search }
        - { id: ben, sha256: "BEN", team: search }
        - { id: eve, sha256: "EVE", team: ads }
        - { id: lone, sha256: "LONE" }
      teams: { search: {}, ads: {} }
      """
          .replace("ANN", Callers.sha256("sk-ann"))
          .replace("BEN", Callers.sha256("sk-ben"))
          .replace("EVE", Callers.sha256("sk-eve"))
          .replace("LONE", Callers.sha256("sk-lone"));

  private static final String ANSWER =
      """
      {"id":"resp_1","object":"response","status":"completed","model":"m",\
      "output":[{"type":"reasoning","id":"rs_1","summary":[]},\
      {"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"Hello."}]}],\
      "usage":{"input_tokens":700,"output_tokens":30,"total_tokens":730}}""";

  private final Scene scene = new Scene(CONFIG);

  private static Inbound.RequestHeaders request(String method, String path, String key) {
    return new Inbound.RequestHeaders(
        Scene.headers(":method", method, ":path", path, "authorization", "Bearer sk-" + key),
        !method.equals("POST") || path.endsWith("/cancel"),
        Scene.BUFFERED,
        null,
        null,
        null);
  }

  /** Returns the first reply that says something. */
  private static Outbound decided(Exchange exchange, Inbound.RequestHeaders head, String body) {
    List<Outbound> replies = exchange.advance(head);
    return head.end() ? replies.getFirst() : exchange.advance(Scene.body(body)).getFirst();
  }

  private static HeaderEdits edits(Outbound decided) {
    return switch (decided) {
      case Outbound.HeadersResponse headers -> headers.edits();
      case Outbound.BodyResponse body -> body.edits();
      default -> throw new AssertionError(decided);
    };
  }

  /** Returns the targets of the plan that a request gets, or what refuses it. */
  private String plan(Outbound decided) {
    return decided instanceof Outbound.ImmediateResponse reply
        ? reply.status() + " " + reply.body().text()
        : String.valueOf(edits(decided).set().get("x-drover-plan"))
            .replaceAll("@[0-9a-f]+", "")
            .replaceFirst("drover\\|[a-z]+\\|", "");
  }

  private String plan(String method, String path, String key, String body) {
    Exchange exchange = scene.open();
    String plan = plan(decided(exchange, request(method, path, key), body));
    exchange.advance(new Inbound.Closed());
    assertThat(scene.settled()).isTrue();
    return plan;
  }

  /** Plays a whole exchange; returns what the target got. */
  private HeaderEdits play(
      String method, String path, String key, String body, int status, String answer) {
    String exchangeId = scene.nextId();
    Exchange exchange = scene.open();
    Outbound decided = decided(exchange, request(method, path, key), body);
    String plan = plan(decided);
    String target = plan.substring(0, plan.indexOf("|") < 0 ? plan.length() : plan.indexOf("|"));
    Exchange attempt = scene.open();
    Outbound sent =
        attempt
            .advance(
                new Inbound.RequestHeaders(
                    Scene.headers(":method", method, ":path", path),
                    !method.equals("POST"),
                    new ProcessingModes(BodyMode.NONE, BodyMode.NONE, true),
                    id(target),
                    null,
                    new ExchangeMetadata(exchangeId, "responses", "", "/responses")))
            .getFirst();
    attempt.advance(Scene.answer(status));
    attempt.advance(new Inbound.Closed());
    exchange.advance(Scene.answer(status));
    exchange.advance(Scene.answerBody(answer, true));
    assertThat(scene.settled()).isTrue();
    return edits(sent);
  }

  private String id(String target) {
    return Objects.requireNonNull(scene.context.ruleset().get().catalog().target(target)).id();
  }

  private static String create(String model, String more) {
    return "{\"model\":\"" + model + "\",\"input\":\"Hi\"" + more + "}";
  }

  private static String after(String id) {
    return ",\"previous_response_id\":\"" + id + "\"";
  }

  private HeaderEdits annCreates(String model) {
    return play("POST", "/v1/responses", "ann", create(model, ""), 200, ANSWER);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/v1/responses/resp_1,/v1/responses/resp_1",
    "GET,/responses/resp_1?include[]=x,/v1/responses/resp_1?include[]=x",
    "GET,/v1/responses/resp_1/input_items,/v1/responses/resp_1/input_items",
    "POST,/v1/responses/resp_1/cancel,/v1/responses/resp_1/cancel",
    "DELETE,/v1/responses/resp_1,/v1/responses/resp_1",
  })
  void storedResponse_isReachedAtItsTarget_byItsTeam(String method, String path, String there) {
    annCreates("small"); // at b
    assertThat(plan(method, path, "ben", "")).isEqualTo("b");
    HeaderEdits sent = play(method, path, "ben", "", 200, "{}");
    assertThat(sent.set()).containsEntry(":path", there).containsEntry(":authority", "two.example");
    ExchangeRecord record = scene.records.getLast();
    assertThat(record.asked().model()).isEqualTo("small");
    assertThat(record.usage().tokens()).isZero();
    assertThat(record.charged().cost()).isEqualTo(NanoDollars.ZERO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"eve", "lone"})
  void anothersResponse_isAsUnknownAsNone(String key) {
    annCreates("big");
    for (String[] asked :
        new String[][] {
          {"GET", "/v1/responses/resp_1", ""},
          {"DELETE", "/v1/responses/resp_1", ""},
          {"POST", "/v1/responses/resp_1/cancel", ""},
          {"POST", "/v1/responses", create("big", after("resp_1"))},
          {"POST", "/v1/responses", referring("msg_1")},
        }) {
      String foreign = plan(asked[0], asked[1], key, asked[2]);
      String unknown =
          plan(
              asked[0],
              asked[1].replace("resp_1", "resp_2"),
              key,
              asked[2].replace("resp_1", "resp_2").replace("msg_1", "msg_2"));
      assertThat(foreign).startsWith("404 ").contains("response_not_found");
      assertThat(foreign.replace("resp_1", "resp_2").replace("msg_1", "msg_2")).isEqualTo(unknown);
    }
    assertThat(scene.records.getLast().ending()).isEqualTo(Ending.REFUSED);
  }

  private static String referring(String id) {
    return "{\"model\":\"big\",\"input\":[{\"type\":\"item_reference\",\"id\":\"" + id + "\"}]}";
  }

  @ParameterizedTest
  @CsvSource({
    "big,big,a", // the target itself, though b is as good
    "big,small,c", // another target of the provider
    "small,big,b",
  })
  void followUp_goesWhereTheResponseIsStored(String first, String then, String target) {
    annCreates(first);
    assertThat(plan("POST", "/v1/responses", "ann", create(then, after("resp_1"))))
        .isEqualTo(target);
    assertThat(plan("POST", "/v1/responses", "ben", referring("rs_1").replace("big", then)))
        .isEqualTo(target);
  }

  @Test
  void followUp_whoseModelIsNotServedThere_isRefusedWithTheReason() {
    annCreates("big");
    assertThat(plan("POST", "/v1/responses", "ann", create("other", after("resp_1"))))
        .startsWith("400 ")
        .contains("no_suitable_target", "b: not_stored (at target a of provider one)");
  }

  @Test
  void followUp_usesTheCredentialThatStoredTheResponse() {
    String first = annCreates("big").set().get("authorization");
    for (int i = 0; i < 3; i++) {
      HeaderEdits next =
          play("POST", "/v1/responses", "ann", create("big", after("resp_1")), 200, ANSWER);
      assertThat(next.set()).containsEntry("authorization", first);
    }
    assertThat(annCreates("big").set().get("authorization")).isNotNull();
  }

  @Test
  void followUp_reservesWhatTheStoredResponseHas_andTeachesNothing() {
    annCreates("big");
    double before = bytesPerToken();
    ResponseLocation location = Objects.requireNonNull(scene.state.responses().find("resp_1"));
    assertThat(location.tokens()).isEqualTo(730);
    assertThat(scene.told.get("msg_1")).extracting(ResponseLocation::tokens).isEqualTo(30L);
    play("POST", "/v1/responses", "ann", create("big", after("resp_1")), 200, ANSWER);
    assertThat(bytesPerToken()).isEqualTo(before);
  }

  private double bytesPerToken() {
    return scene.state.health().all().stream()
        .filter(each -> each.target().equals("a"))
        .findFirst()
        .orElseThrow()
        .bytesPerToken()
        .mean();
  }

  @Test
  void deletedResponse_isForgotten() {
    annCreates("big");
    assertThat(scene.told).containsKey("resp_1");
    play("DELETE", "/v1/responses/resp_1", "ann", "", 200, "{\"deleted\":true}");
    assertThat(plan("GET", "/v1/responses/resp_1", "ann", "")).startsWith("404 ");
    assertThat(scene.told).doesNotContainKey("resp_1");
  }

  @Test
  void deletionThatFails_leavesIt() {
    annCreates("big");
    play("DELETE", "/v1/responses/resp_1", "ann", "", 500, "{}");
    assertThat(plan("GET", "/v1/responses/resp_1", "ann", "")).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {",\"store\":false", ",\"store\" : false,\"stream\":true"})
  void responseThatIsNotStored_isNotRemembered(String more) {
    play("POST", "/v1/responses", "ann", create("big", more), 200, ANSWER);
    assertThat(scene.state.responses().size()).isZero();
  }

  @Test
  void responseOfAnotherApi_isNotRemembered() {
    play(
        "POST",
        "/v1/responses",
        "ann",
        create("chat", ""),
        200,
        "{\"id\":\"chatcmpl-1\",\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}");
    assertThat(scene.state.responses().size()).isZero();
    assertThat(scene.told).isEmpty();
  }

  /** A background response is cancelled while its stream goes on. */
  @Test
  void stream_isRememberedWithItsFirstEvent() {
    Exchange exchange = scene.open();
    decided(
        exchange,
        request("POST", "/v1/responses", "ann"),
        create("big", ",\"stream\":true,\"background\":true"));
    exchange.advance(
        new Inbound.ResponseHeaders(
            Scene.headers(":status", "200", "content-type", "text/event-stream"),
            false,
            id("a"),
            1));
    exchange.advance(
        Scene.answerBody(
            "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_9\",\"status\":\"queued\"}}\n\n",
            false));
    Exchange cancelling = scene.open();
    Outbound cancelled =
        decided(cancelling, request("POST", "/v1/responses/resp_9/cancel", "ann"), "");
    assertThat(plan(cancelled)).isEqualTo("a");
    cancelling.advance(new Inbound.Closed());
    exchange.advance(new Inbound.Closed());
    assertThat(scene.settled()).isTrue();
  }

  @Test
  void backgroundResponse_isChargedWithWhatIsExpected() {
    play(
        "POST",
        "/v1/responses",
        "ann",
        create("big", ",\"background\":true,\"max_output_tokens\":40"),
        200,
        "{\"id\":\"resp_b\",\"object\":\"response\",\"status\":\"queued\",\"output\":[],\"usage\":null}");
    ExchangeRecord record = scene.records.getLast();
    assertThat(record.usage().status()).isEqualTo(Usage.Status.ESTIMATED);
    assertThat(record.usage().output()).isEqualTo(40);
  }

  @Test
  void providersThatRepeatAnId_takeNothingAway() {
    annCreates("big");
    play("POST", "/v1/responses", "eve", create("big", ""), 200, ANSWER);
    assertThat(plan("GET", "/v1/responses/resp_1", "ann", "")).isEqualTo("a");
    assertThat(plan("GET", "/v1/responses/resp_1", "eve", "")).startsWith("404 ");
  }

  @Test
  void responsesOfTwoProviders_cannotBeReferredToAtOnce() {
    annCreates("big");
    play("POST", "/v1/responses", "ann", create("small", ""), 200, ANSWER.replace("_1", "_2"));
    String both =
        "{\"model\":\"big\",\"previous_response_id\":\"resp_1\",\"input\":[{\"id\":\"msg_2\"}]}";
    assertThat(plan("POST", "/v1/responses", "ann", both))
        .startsWith("400 ")
        .contains("responses_apart");
  }

  @Test
  void whatOthersStored_isAskedOfThem() {
    ResponseLocation theirs =
        new ResponseLocation("big", "one", "a", "env SECOND", "team search", 5, Instant.EPOCH);
    scene.located =
        CompletableFuture.completedFuture(new Coordinator.Located(Map.of("resp_7", theirs), true));
    Exchange exchange = scene.open();
    List<Outbound> waits = exchange.advance(request("GET", "/v1/responses/resp_7", "ann"));
    assertThat(waits.getFirst()).isInstanceOf(Outbound.Await.class);
    Outbound decided = exchange.advance(new Inbound.Replied()).getFirst();
    assertThat(plan(decided)).isEqualTo("a");
    exchange.advance(new Inbound.Closed());
    scene.located = null;
    assertThat(plan("GET", "/v1/responses/resp_7", "ben", "")).isEqualTo("a"); // known by now
    assertThat(scene.settled()).isTrue();
  }

  @Test
  void othersThatCannotBeAsked_areNoReasonToSayUnknown() {
    scene.located = CompletableFuture.completedFuture(new Coordinator.Located(Map.of(), false));
    Exchange exchange = scene.open();
    exchange.advance(request("GET", "/v1/responses/resp_7", "ann"));
    Outbound decided = exchange.advance(new Inbound.Replied()).getFirst();
    assertThat(plan(decided)).startsWith("503 ").contains("responses_unavailable");
    assertThat(((Outbound.ImmediateResponse) decided).headers()).containsEntry("retry-after", "1");
  }

  @Test
  void attemptAtAnotherDrover_usesTheSameCredential_andHasNoBody() {
    for (int i = 0; i < 4; i++) {
      Exchange foreign = scene.open();
      Outbound sent =
          foreign
              .advance(
                  new Inbound.RequestHeaders(
                      Scene.headers(":method", "GET", ":path", "/v1/responses/resp_1"),
                      true,
                      new ProcessingModes(BodyMode.NONE, BodyMode.NONE, true),
                      id("a"),
                      null,
                      new ExchangeMetadata(
                          "elsewhere", "responses", "env SECOND", "/responses/{id}")))
              .getFirst();
      assertThat(sent).isInstanceOf(Outbound.HeadersResponse.class);
      assertThat(edits(sent).set())
          .containsEntry("authorization", "Bearer sk-SECOND")
          .containsEntry(":path", "/v1/responses/resp_1")
          .doesNotContainKey("content-length");
      foreign.advance(new Inbound.Closed());
    }
  }

  @ParameterizedTest
  @CsvSource({"PUT,405", "POST,405"})
  void otherMethods_areRefused(String method, int status) {
    Inbound.RequestHeaders head =
        new Inbound.RequestHeaders(
            Scene.headers(
                ":method",
                method,
                ":path",
                "/v1/responses/resp_1",
                "authorization",
                "Bearer sk-ann"),
            true,
            Scene.BUFFERED,
            null,
            null,
            null);
    Outbound.ImmediateResponse reply =
        (Outbound.ImmediateResponse) scene.open().advance(head).getFirst();
    assertThat(reply.status()).isEqualTo(status);
  }
}
