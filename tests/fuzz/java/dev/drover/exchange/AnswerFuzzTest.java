package dev.drover.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.drover.message.Inbound;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.ExchangeRecord.AttemptRecord;
import dev.drover.testing.Configs;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;

/**
 * Any bytes as a provider's answer, under any label and status, cut anywhere, whole or broken off:
 * one record, counts that can be, nothing left behind.
 */
class AnswerFuzzTest {
  private static final String[] TYPES = {
    "application/json", "text/event-stream", "text/plain", "application/x-ndjson", "", "text/html"
  };
  private static final int[] STATUSES = {200, 201, 206, 400, 401, 429, 500, 529};
  private static final String STREAM =
      "{\"model\":\"solo\",\"max_tokens\":20,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final String WHOLE =
      "{\"model\":\"solo\",\"max_tokens\":20,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  /** The largest count that a provider may state, and any cost that follows from it. */
  private static final long MOST_TOKENS = 2_000_000_000;

  /** The client's bound. */
  private static final long MAX_TOKENS = 20;

  @FuzzTest
  void answer(byte[] data) {
    int choice = data.length == 0 ? 0 : data[0] & 0xFF;
    Bytes answer = Bytes.of(data).slice(Math.min(1, data.length), data.length);
    Scene scene = new Scene(Configs.THREE.replace("STRATEGY", "priority"));
    Exchange exchange = scene.open();
    exchange.advance(Scene.chat(Scene.BUFFERED));
    exchange.advance(Scene.body((choice & 1) == 0 ? WHOLE : STREAM));
    exchange.advance(
        new Inbound.ResponseHeaders(
            Scene.headers(
                ":status",
                Integer.toString(STATUSES[(choice >> 1) % STATUSES.length]),
                "content-type",
                TYPES[(choice >> 4) % TYPES.length]),
            false,
            Scene.id("a"),
            1));
    int cut = answer.length() == 0 ? 0 : (choice * 31) % answer.length();
    exchange.advance(new Inbound.ResponseBody(answer.slice(0, cut), false));
    if ((choice & 0x80) == 0) {
      exchange.advance(new Inbound.ResponseBody(answer.slice(cut, answer.length()), true));
    } else {
      exchange.advance(new Inbound.ResponseBody(answer.slice(cut, answer.length()), false));
      exchange.advance(new Inbound.Closed());
    }
    assertThat(scene.records).hasSize(1);
    assertThat(scene.settled()).isTrue();
    canBe(scene.records.getFirst(), answer.length());
  }

  private static void canBe(ExchangeRecord exchange, int answerBytes) {
    canBe(exchange.usage(), answerBytes);
    assertThat(exchange.cost().value()).isNotNegative();
    assertThat(exchange.charged().cost().value()).isNotNegative();
    for (AttemptRecord attempt : exchange.attempts()) {
      canBe(attempt.usage(), answerBytes);
      assertThat(attempt.cost().value()).isNotNegative();
    }
  }

  private static void canBe(Usage usage, int answerBytes) {
    for (long count : new long[] {usage.uncachedInput(), usage.cachedInput(), usage.reasoning()}) {
      assertThat(count).isBetween(0L, 2 * MOST_TOKENS);
    }
    assertThat(usage.output()).isBetween(0L, 2 * MOST_TOKENS);
    if (usage.status() == Usage.Status.ESTIMATED) { // what cannot be read may be a whole answer
      assertThat(usage.output() - usage.reasoning())
          .isLessThanOrEqualTo(Math.max(answerBytes, MAX_TOKENS));
    }
  }
}
