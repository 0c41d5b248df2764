package dev.drover.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.admission.Admission;
import dev.drover.coordination.Coordinator;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.testing.Cases;
import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every phase with every message. */
class TransitionTest {
  /** What a message leads to: the next phase, and {@code !} when it is a protocol error. */
  private static final Map<String, List<String>> TABLE = new LinkedHashMap<>();

  static {
    // columns: RequestHeaders, RequestBody, RequestTrailers, ResponseHeaders, ResponseBody,
    // ResponseTrailers, Replied, Closed
    row(
        "AwaitingHeaders",
        "AwaitingRequestBody",
        "Ended!",
        "Ended!",
        "PassThrough",
        "PassThrough",
        "PassThrough",
        "AwaitingHeaders",
        "Ended");
    row(
        "PassThrough",
        "PassThrough",
        "PassThrough",
        "PassThrough",
        "PassThrough",
        "PassThrough",
        "PassThrough",
        "PassThrough",
        "Ended");
    row(
        "AwaitingRequestBody",
        "Ended!",
        "AwaitingResponse",
        "Ended",
        "PassThrough",
        "Ended!",
        "Ended!",
        "AwaitingRequestBody",
        "Ended");
    row(
        "AwaitingAdmission",
        "Abandoned!",
        "Abandoned!",
        "Abandoned!",
        "Abandoned!",
        "Abandoned!",
        "Abandoned!",
        "Ended",
        "Abandoned");
    row(
        "Abandoned",
        "Abandoned",
        "Abandoned",
        "Abandoned",
        "Abandoned",
        "Abandoned",
        "Abandoned",
        "Ended",
        "Abandoned");
    row(
        "AwaitingResponse",
        "Ended!",
        "Ended!",
        "AwaitingResponse",
        "StreamingResponse",
        "Ended!",
        "Ended!",
        "AwaitingResponse",
        "Ended");
    row(
        "StreamingResponse",
        "Ended!",
        "StreamingResponse",
        "StreamingResponse",
        "Ended!",
        "Ended",
        "Ended",
        "StreamingResponse",
        "Ended");
    row(
        "UpstreamAttempt",
        "Ended!",
        "UpstreamAttempt",
        "UpstreamAttempt",
        "UpstreamAttempt",
        "UpstreamAttempt",
        "UpstreamAttempt",
        "UpstreamAttempt",
        "Ended");
    row(
        "ForeignAttempt",
        "Ended!",
        "UpstreamAttempt",
        "ForeignAttempt",
        "Ended!",
        "Ended!",
        "Ended!",
        "ForeignAttempt",
        "Ended");
    row(
        "ShadowAttempt",
        "Ended!",
        "ShadowAttempt",
        "ShadowAttempt",
        "ShadowAttempt",
        "Ended",
        "Ended",
        "ShadowAttempt",
        "Ended");
    row("Ended", "Ended", "Ended", "Ended", "Ended", "Ended", "Ended", "Ended", "Ended");
  }

  private static void row(String phase, String... next) {
    TABLE.put(phase, List.of(next));
  }

  private static List<Inbound> messages() {
    return List.of(
        Scene.chat(Scene.BUFFERED),
        Scene.body(Scene.BODY),
        new Inbound.RequestTrailers(),
        Scene.answer(200),
        Scene.answerBody("{}", true),
        new Inbound.ResponseTrailers(),
        new Inbound.Replied(),
        new Inbound.Closed());
  }

  static Stream<Arguments> pairs() {
    return TABLE.entrySet().stream()
        .flatMap(
            row ->
                Stream.iterate(0, i -> i < 8, i -> i + 1)
                    .map(i -> Arguments.of(row.getKey(), i, row.getValue().get(i))));
  }

  /** An exchange brought into a phase. */
  private static Exchange in(Scene scene, String phase) {
    Exchange exchange = scene.open();
    List<Inbound> way =
        switch (phase) {
          case "AwaitingHeaders" -> List.of();
          case "PassThrough" ->
              List.of(
                  new Inbound.RequestHeaders(
                      Scene.headers(":path", "/"), true, Scene.BUFFERED, null, null, null));
          case "AwaitingRequestBody" -> List.of(Scene.chat(Scene.BUFFERED));
          case "AwaitingResponse" -> List.of(Scene.chat(Scene.BUFFERED), Scene.body(Scene.BODY));
          case "AwaitingAdmission" -> {
            scene
                .asking()
                .complete(
                    new Coordinator.Reply.Decided(
                        new Admission.Result.Out("rate_limited", "full", 1)));
            yield List.of(Scene.chat(Scene.BUFFERED), Scene.body(Scene.BODY));
          }
          case "Abandoned" -> {
            scene
                .asking()
                .complete(
                    new Coordinator.Reply.Decided(
                        new Admission.Result.Out("rate_limited", "full", 1)));
            yield List.of(Scene.chat(Scene.BUFFERED), Scene.body(Scene.BODY), new Inbound.Closed());
          }
          case "StreamingResponse" ->
              List.of(Scene.chat(Scene.BUFFERED), Scene.body(Scene.BODY), Scene.answer(200));
          case "UpstreamAttempt" -> attempting(scene);
          case "ShadowAttempt" -> {
            in(scene, "AwaitingResponse");
            yield List.of(Scene.copy("c", "x-0"));
          }
          case "ForeignAttempt" -> List.of(Scene.attempt("a", "unknown"));
          default -> List.of(new Inbound.Closed());
        };
    way.forEach(exchange::advance);
    assertThat(exchange.phaseName()).isEqualTo(phase);
    return exchange;
  }

  private static List<Inbound> attempting(Scene scene) {
    Exchange router = in(scene, "AwaitingResponse");
    assertThat(router.phaseName()).isEqualTo("AwaitingResponse");
    return List.of(Scene.attempt("a", "x-0"));
  }

  @ParameterizedTest(name = "{0} with message {1}")
  @MethodSource("pairs")
  void pair_isHandledOrANamedProtocolError(String phase, int message, String expected) {
    Scene scene = Scene.shadowed();
    Exchange exchange = in(scene, phase);
    Inbound in = messages().get(message);
    List<Outbound> answers = exchange.advance(in);

    boolean error = answers.stream().anyMatch(Outbound.ProtocolError.class::isInstance);
    assertThat(exchange.phaseName() + (error ? "!" : "")).isEqualTo(expected);
    if (error) {
      assertThat(answers).hasSize(1);
    } else {
      boolean owed =
          switch (phase) {
            case "AwaitingAdmission" -> in instanceof Inbound.Replied;
            case "Abandoned" -> false;
            default -> !(in instanceof Inbound.Closed || in instanceof Inbound.Replied);
          };
      assertThat(answers.size()).isEqualTo(owed ? 1 : 0);
    }
  }

  @Test
  void tableNamesEveryPhase() {
    assertThat(TABLE.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Phase.class.getPermittedSubclasses()).map(Class::getSimpleName).toList());
    assertThat(Inbound.class.getPermittedSubclasses()).hasSize(messages().size());
  }

  @Test
  void anyOrderOfMessages_endsWithAtMostOneRecord_andNothingOpen() {
    Cases.each(
        random -> {
          Scene scene = Scene.shadowed();
          Exchange router = scene.open();
          List<Exchange> attempts = new ArrayList<>();
          Supplier<Inbound> any = () -> messages().get(random.nextInt(messages().size()));
          router.advance(Scene.chat(Scene.BUFFERED));
          for (int i = random.nextInt(8); i > 0; i--) {
            if (random.nextBoolean()) {
              router.advance(any.get());
            } else {
              Exchange attempt = scene.open();
              String id = random.nextInt(4) == 0 ? "unknown" : "x-0";
              attempt.advance(
                  random.nextInt(3) == 0
                      ? Scene.copy("c", id)
                      : Scene.attempt(random.nextBoolean() ? "a" : "b", id));
              attempt.advance(any.get());
              attempts.add(attempt);
            }
          }
          attempts.forEach(attempt -> attempt.advance(new Inbound.Closed()));
          router.advance(new Inbound.Closed());
          attempts.forEach(attempt -> attempt.advance(new Inbound.Closed()));
          assertThat(scene.records).hasSize(1);
          assertThat(scene.settled()).as(scene.records.toString()).isTrue();
        });
  }

  @Test
  void emptyChunkAtTheEnd_completesTheAnswer() {
    Scene scene = Scene.three();
    Exchange exchange = in(scene, "StreamingResponse");
    exchange.advance(new Inbound.ResponseBody(Bytes.utf8("{\"choices\":[]}"), false));
    exchange.advance(new Inbound.ResponseBody(Bytes.EMPTY, true));
    assertThat(scene.records).extracting(ExchangeRecord::ending).containsExactly(Ending.COMPLETE);
  }
}
