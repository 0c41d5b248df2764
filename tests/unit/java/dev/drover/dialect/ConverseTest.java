package dev.drover.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.tools.fake.AwsFrames;
import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Bedrock's Converse streams, in AWS's frames. */
class ConverseTest {
  private static final ProviderApi BEDROCK = Dialects.named("bedrock").orElseThrow().provider();

  private static byte[] stream() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<String[]> events =
        List.of(
            new String[] {"messageStart", "{\"role\":\"assistant\"}"},
            new String[] {
              "contentBlockDelta",
              "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"text\":\"Hm.\"}}}"
            },
            new String[] {
              "contentBlockDelta",
              "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"signature\":\"c2ln\"}}}"
            },
            new String[] {"contentBlockStop", "{\"contentBlockIndex\":0}"},
            new String[] {
              "contentBlockDelta", "{\"contentBlockIndex\":1,\"delta\":{\"text\":\"Hi 🐄.\"}}"
            },
            new String[] {"contentBlockStop", "{\"contentBlockIndex\":1}"},
            new String[] {
              "contentBlockStart",
              "{\"contentBlockIndex\":2,\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"f\"}}}"
            },
            new String[] {
              "contentBlockDelta",
              "{\"contentBlockIndex\":2,\"delta\":{\"toolUse\":{\"input\":\"{\\\"a\\\":1}\"}}}"
            },
            new String[] {"contentBlockStop", "{\"contentBlockIndex\":2}"},
            new String[] {"messageStop", "{\"stopReason\":\"tool_use\"}"},
            new String[] {
              "metadata",
              "{\"usage\":{\"inputTokens\":5,\"cacheReadInputTokens\":3,\"outputTokens\":7,\"totalTokens\":15},\"metrics\":{\"latencyMs\":1}}"
            });
    events.forEach(event -> all.writeBytes(AwsFrames.frame("event", event[0], event[1])));
    return all.toByteArray();
  }

  private static TranslatedResponse reader(ClientApi client) {
    ResponseContext context = new ResponseContext(true, true, "x1", 1, 1, ToolNames.NONE, "");
    return new TranslatedResponse(
        client, BEDROCK, context, new ResponseHead(200, "application/vnd.amazon.eventstream", ""));
  }

  private static String translated(ClientApi client, byte[] bytes, int cut) {
    try (TranslatedResponse reader = reader(client)) {
      String first = reader.read(new Bytes(bytes, 0, cut), false).text();
      return first + reader.read(new Bytes(bytes, cut, bytes.length - cut), true).text();
    }
  }

  @Test
  void frames_cutAnywhere_giveTheSameStreamInEachApi() {
    byte[] bytes = stream();
    for (ClientApi client : Dialects.clients()) {
      String whole = translated(client, bytes, bytes.length);
      Grammar.check(client.name(), whole);
      RecordingSink sink = new RecordingSink();
      RecordingSink.read(Dialects.named(client.name()).orElseThrow().provider(), whole, sink);
      assertThat(sink.told())
          .contains("TEXT Hi 🐄.", "TOOL_CALL t1 f {\"a\":1}", "finished TOOL_CALLS 8 3 7");
      for (int cut = 0; cut < bytes.length; cut++) {
        assertThat(translated(client, bytes, cut)).isEqualTo(whole);
      }
    }
  }

  @Test
  void tokens_areCountedFromTheLastFrame() {
    try (TranslatedResponse reader = reader(Dialects.usual())) {
      reader.read(Bytes.of(stream()), false);
      assertThat(reader.ended()).isTrue();
      ResponseFacts facts = reader.facts(true);
      assertThat(Objects.requireNonNull(facts.usage()).input()).isEqualTo(8);
      assertThat(facts.usage().output()).isEqualTo(7);
      assertThat(facts.fault()).isNull();
      assertThat(facts.finishReason()).isEqualTo("tool_use");
      assertThat(facts.outputBytes()).isGreaterThan(10);
    }
  }

  @Test
  void exceptionFrame_isAnError() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(AwsFrames.frame("event", "messageStart", "{\"role\":\"assistant\"}"));
    all.writeBytes(
        AwsFrames.frame("exception", "throttlingException", "{\"message\":\"Too fast\"}"));
    byte[] bytes = all.toByteArray();
    assertThat(translated(Dialects.usual(), bytes, bytes.length))
        .contains("Too fast")
        .doesNotContain("[DONE]");
    try (ResponseReader counted =
        BEDROCK.chatReader(new ResponseHead(200, "application/vnd.amazon.eventstream", ""))) {
      counted.read(Bytes.of(bytes), true);
      assertThat(counted.facts(true).fault()).isEqualTo(Fault.ERROR_IN_BODY);
    }
  }

  /** InvokeModel has the events of the Messages API in its frames. */
  @Test
  void invokeModel_givesTheStreamOfMessages() {
    String[] events = {
      "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"c\",\"usage\":{\"input_tokens\":8,\"output_tokens\":1}}}",
      "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}",
      "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi 🐄.\"}}",
      "{\"type\":\"content_block_stop\",\"index\":0}",
      "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":7}}",
      "{\"type\":\"message_stop\"}"
    };
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String event : events) {
      String bytes = Base64.getEncoder().encodeToString(event.getBytes(StandardCharsets.UTF_8));
      all.writeBytes(
          AwsFrames.frame("event", "chunk", "{\"bytes\":\"" + bytes + "\",\"p\":\"ab\"}"));
    }
    byte[] bytes = all.toByteArray();
    ProviderApi invoke = Dialects.named("bedrock-anthropic").orElseThrow().provider();
    ResponseHead head = new ResponseHead(200, "application/vnd.amazon.eventstream", "");
    assertThat(invoke.responseHeaders(head)).containsEntry("content-type", "text/event-stream");
    RequestFacts facts =
        Conversations.facts("anthropic", Bytes.utf8(Conversations.of("anthropic")));
    for (int cut = 0; cut <= bytes.length; cut++) {
      ResponseReader reader = invoke.reader(facts, head, false);
      String out =
          Objects.requireNonNull(reader.read(new Bytes(bytes, 0, cut), false)).text()
              + Objects.requireNonNull(reader.read(new Bytes(bytes, cut, bytes.length - cut), true))
                  .text();
      Grammar.check("anthropic", out);
      assertThat(out).contains("Hi 🐄.");
      assertThat(Objects.requireNonNull(reader.facts(true).usage()).output()).isEqualTo(7);
      assertThat(reader.ended()).isTrue();
      reader.close();
    }
    ResponseContext context = new ResponseContext(true, true, "x1", 1, 1, ToolNames.NONE, "");
    try (TranslatedResponse chat =
        new TranslatedResponse(Dialects.usual(), invoke, context, head)) {
      assertThat(chat.read(Bytes.of(bytes), true).text())
          .contains("\"content\":\"Hi ")
          .endsWith("data: [DONE]\n\n");
    }
  }

  /** Any flipped bit is noticed, and no bytes make it fall over. */
  @Test
  void damage_isAnError() {
    byte[] bytes = stream();
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 0x10;
      assertThat(translated(Dialects.usual(), damaged, i)).doesNotContain("[DONE]");
    }
    assertThat(translated(Dialects.usual(), new byte[20], 3)).contains("error");
  }
}
