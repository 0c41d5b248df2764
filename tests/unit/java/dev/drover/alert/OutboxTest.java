package dev.drover.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testing.FakeTicker;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private static final int MOST = 1_000;

  private final Outbox outbox =
      new Outbox(List.of(), new FakeTicker(), () -> Instant.EPOCH, (_, _) -> {});

  private static Message message(String id) {
    return new Message(
        id, "firing", "slow", "chat", "", "", 1, 0, false, Instant.EPOCH, Instant.EPOCH);
  }

  @Test
  void webhookThatIsDownForLong_losesItsOwnOldestMessagesOnly() {
    outbox.add("ops", message("kept"));
    for (int i = 0; i < MOST + 2; i++) {
      outbox.add("dead", message("m" + i));
    }
    assertThat(outbox.size()).isEqualTo(MOST + 1);
    assertThat(outbox.snapshot().toString())
        .contains("id=kept", "id=m2,")
        .doesNotContain("id=m0,", "id=m1,");
  }

  @Test
  void messagesOfAWebhookThatIsNoMore_areGivenUp_andAClosedOutboxBeginsNothing() {
    Webhook ops = new Webhook("ops", "json", () -> "http://127.0.0.1:1/", null);
    outbox.add("gone", message("a"));
    outbox.add("ops", message("b"));
    outbox.close();
    assertThat(outbox.deliver(List.of(ops))).isEmpty();
    assertThat(outbox.snapshot()).hasSize(1).first().asString().contains("id=b");
  }
}
