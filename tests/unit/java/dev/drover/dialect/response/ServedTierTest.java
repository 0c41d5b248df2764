package dev.drover.dialect.response;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dialect.ClientApi;
import dev.drover.dialect.Dialect;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseReader;
import dev.drover.types.Bytes;
import dev.drover.types.ServiceTier;
import dev.drover.types.Usage;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tier that served a request, as the providers' APIs name it. */
class ServedTierTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          openai    | {"service_tier":"TIER","choices":[{"message":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}
          responses | {"service_tier":"TIER","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"x"}]}],"usage":{"input_tokens":9,"output_tokens":1,"total_tokens":10}}
          anthropic | {"type":"message","content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":1,"service_tier":"TIER"}}
          bedrock   | {"output":{"message":{"content":[{"text":"x"}]}},"stopReason":"end_turn","serviceTier":{"type":"TIER"},"usage":{"inputTokens":9,"outputTokens":1,"totalTokens":10}}
          """)
  void tier_isReadFromJson(String dialect, String body) {
    for (ServiceTier tier : ServiceTier.values()) {
      assertThat(usage(dialect, "application/json", body.replace("TIER", tier.label())).tier())
          .isEqualTo(tier);
    }
    assertThat(usage(dialect, "application/json", body.replace("TIER", "default")).tier())
        .isEqualTo(ServiceTier.STANDARD);
  }

  @Test
  void tier_isReadFromStreams() {
    assertThat(
            usage(
                    "openai",
                    "text/event-stream",
                    """
                    data: {"service_tier":"flex","choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}

                    data: {"service_tier":"flex","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}

                    data: [DONE]

                    """)
                .tier())
        .isEqualTo(ServiceTier.FLEX);
    assertThat(
            usage(
                    "responses",
                    "text/event-stream",
                    """
                    event: response.completed
                    data: {"type":"response.completed","response":{"status":"completed","output":[],"service_tier":"priority","usage":{"input_tokens":9,"output_tokens":1,"total_tokens":10}}}

                    """)
                .tier())
        .isEqualTo(ServiceTier.PRIORITY);
    assertThat(
            usage(
                    "anthropic",
                    "text/event-stream",
                    """
                    event: message_start
                    data: {"type":"message_start","message":{"content":[],"usage":{"input_tokens":9,"output_tokens":1,"service_tier":"priority"}}}

                    event: message_delta
                    data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}}

                    event: message_stop
                    data: {"type":"message_stop"}

                    """)
                .tier())
        .isEqualTo(ServiceTier.PRIORITY);
  }

  @Test
  void tierThatIsAskedFor_isAFactOfTheRequest() {
    for (Dialect dialect : Dialects.all()) {
      ClientApi client = dialect.client();
      if (client == null) {
        continue;
      }
      Operation chat =
          client.operations().stream()
              .filter(operation -> operation.kind() == Operation.Kind.CHAT)
              .findFirst()
              .orElseThrow();
      String body =
          "{\"model\":\"m\",\"max_tokens\":9,\"service_tier\":\"flex\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"input\":\"x\",\"contents\":[]}";
      assertThat(client.parse(chat, Map.of("model", "m"), Bytes.utf8(body)))
          .isInstanceOfSatisfying(
              ParseResult.Read.class,
              read -> assertThat(read.facts().tier()).isEqualTo(ServiceTier.FLEX));
    }
  }

  private static Usage usage(String dialect, String type, String body) {
    try (ResponseReader reader =
        Dialects.named(dialect)
            .orElseThrow()
            .provider()
            .chatReader(new ResponseHead(200, type, ""))) {
      reader.read(Bytes.utf8(body), true);
      return Objects.requireNonNull(reader.facts(true).usage());
    }
  }
}
