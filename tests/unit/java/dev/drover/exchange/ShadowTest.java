package dev.drover.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.exchange.account.ExchangeContext;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeListener;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.ShadowRecord;
import dev.drover.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ShadowTest {
  private final List<ShadowRecord> compared = new ArrayList<>();
  private final Scene scene = Scene.shadowed();
  private final ExchangeContext context = listening(scene.context);

  private ExchangeContext listening(ExchangeContext c) {
    ExchangeListener listener =
        new ExchangeListener() {
          @Override
          public void finished(ExchangeRecord record) {
            scene.records.add(record);
          }

          @Override
          public void compared(ShadowRecord record) {
            compared.add(record);
          }
        };
    return new ExchangeContext(
        c.ruleset(),
        c.inFlight(),
        c.held(),
        c.cache(),
        c.coordinator(),
        c.locations(),
        listener,
        c.tracing(),
        c.stopwatch(),
        c.ticker(),
        c.wall(),
        c.ids(),
        c.elsewhere());
  }

  private final Exchange router = new Exchange(context);
  private final Exchange copy = new Exchange(context);

  private Outbound.BodyResponse decided() {
    router.advance(Scene.chat(Scene.BUFFERED));
    Outbound.BodyResponse answer =
        (Outbound.BodyResponse) router.advance(Scene.body(Scene.BODY)).getFirst();
    new Exchange(context).advance(Scene.attempt("a", "x-0"));
    return answer;
  }

  private static void answer(Exchange exchange, int status, String finish, int tokens) {
    exchange.advance(Scene.answer(status));
    String body =
        "{\"choices\":[{\"message\":{\"content\":\"yes\"},\"finish_reason\":\"%s\"}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":%d,\"total_tokens\":0}}"
            .formatted(finish, tokens);
    exchange.advance(Scene.answerBody(body, true));
  }

  @Test
  void copy_isAskedFor_fittedToItsTarget_andNeverBilled() {
    assertThat(decided().edits().set())
        .hasEntrySatisfying(
            "x-drover-shadow", name -> assertThat(name).matches("drover-shadow\\|c@[0-9a-f]{8}"))
        .containsEntry("x-drover-exchange", "x-0");
    var sent = (Outbound.HeadersResponse) copy.advance(Scene.copy("c", "x-0")).getFirst();
    assertThat(sent.edits().set())
        .containsEntry("authorization", "Bearer sk-KEY_ONE")
        .containsEntry(":authority", "one.example")
        .containsEntry(":path", "/v1/chat/completions");
    assertThat(sent.edits().remove()).contains("x-drover-shadow", "x-drover-exchange");
    assertThat(
            Objects.requireNonNull(sent.body()).stream()
                .map(part -> part.text())
                .reduce("", String::concat))
        .contains("\"model-c\"");
    FakeTicker time = scene.time;
    time.advance(Duration.ofMillis(100));
    answer(router, 200, "stop", 20);
    assertThat(compared).isEmpty();
    time.advance(Duration.ofMillis(200));
    answer(copy, 200, "stop", 30);

    assertThat(scene.records).hasSize(1);
    assertThat(scene.records.getFirst().attempts()).hasSize(1);
    assertThat(scene.records.getFirst().cost().value()).isEqualTo(10 * 140 + 20 * 420);
    ShadowRecord record = compared.getFirst();
    assertThat(record.verdict()).isEqualTo("alike");
    assertThat(record.primary().target()).isEqualTo("a");
    assertThat(record.shadow().target()).isEqualTo("c");
    assertThat(record.shadow().usage().output()).isEqualTo(30);
    assertThat(record.shadow().cost().value()).isEqualTo(10 * 150 + 30 * 200);
    assertThat(record.shadow().totalNanos()).isEqualTo(Duration.ofMillis(300).toNanos());
    assertThat(scene.settled()).isTrue();
  }

  @Test
  void differences_areNamed() {
    decided();
    copy.advance(Scene.copy("c", "x-0"));
    answer(copy, 200, "length", 30);
    answer(router, 200, "stop", 20);
    assertThat(compared.getFirst().verdict()).isEqualTo("finish_reason_differs");
  }

  @Test
  void failedCopy_leavesTheClientAlone() {
    decided();
    copy.advance(Scene.copy("c", "x-0"));
    answer(copy, 500, "stop", 0);
    answer(router, 200, "stop", 20);
    assertThat(compared.getFirst().verdict()).isEqualTo("shadow_failed");
    assertThat(scene.records.getFirst().ending()).isEqualTo(Ending.COMPLETE);
  }

  @Test
  void copyThatIsLate_orCut_isAccountedFor() {
    decided();
    copy.advance(Scene.copy("c", "x-0"));
    answer(router, 200, "stop", 20);
    copy.advance(new Inbound.Closed());
    assertThat(compared.getFirst().shadow().ending()).isEqualTo(Ending.CANCELLED);
    var late = new Exchange(context).advance(Scene.copy("c", "x-0")).getFirst();
    assertThat(late)
        .isInstanceOfSatisfying(
            Outbound.ImmediateResponse.class, reply -> assertThat(reply.status()).isEqualTo(503));
    assertThat(scene.settled()).isTrue();
  }
}
