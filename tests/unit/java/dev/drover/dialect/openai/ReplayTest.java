package dev.drover.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.json.Yaml;
import dev.drover.types.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final String HEAD =
      "\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"created\":17,\"model\":\"m\",";
  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}";

  private static String events(String... choices) {
    StringBuilder out = new StringBuilder();
    for (String choice : choices) {
      out.append("data: {").append(HEAD).append(choice).append("}\n\n");
    }
    return out + "data: [DONE]\n\n";
  }

  private static String choice(int index, String delta, String reason) {
    return "\"choices\":[{\"index\":%d,\"delta\":%s,\"finish_reason\":%s}]"
        .formatted(index, delta, reason);
  }

  private static String written(Bytes stream) {
    return Objects.requireNonNull(Replay.document(stream)).text();
  }

  private static Map<String, Object> document(String stream) {
    return Yaml.readJson(written(Bytes.utf8(stream)));
  }

  private static Bytes stream(String document, boolean usage) {
    return Objects.requireNonNull(Replay.stream(Bytes.utf8(document), usage));
  }

  @Test
  void stream_becomesOneDocument() {
    String stream =
        events(
            choice(0, "{\"role\":\"assistant\",\"content\":\"Hé\"}", "null"),
            choice(1, "{\"role\":\"assistant\",\"content\":\"B\"}", "null"),
            choice(0, "{\"content\":\"llo \\ud83d\\ude00\"}", "null"),
            choice(0, "{}", "\"stop\""),
            choice(1, "{}", "\"length\""),
            "\"choices\":[]," + USAGE);
    assertThat(document(stream))
        .isEqualTo(
            Yaml.readJson(
                "{\"id\":\"c-1\",\"object\":\"chat.completion\",\"created\":17,\"model\":\"m\",\"choices\":["
                    + "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Héllo 😀\"},\"finish_reason\":\"stop\"},"
                    + "{\"index\":1,\"message\":{\"role\":\"assistant\",\"content\":\"B\"},\"finish_reason\":\"length\"}],"
                    + USAGE
                    + "}"));
  }

  @Test
  void namesThatAreRepeatedAsEmptyOnes_stay_andARoleThatIsNotSaidIsTheAssistants() {
    String call =
        "{\"tool_calls\":[{\"index\":0,\"id\":\"%s\",\"function\":{\"name\":\"%s\",\"arguments\":\"%s\"}}]}";
    String stream =
        events(
            choice(0, call.formatted("call-a", "f", "{"), "null"),
            choice(0, call.formatted("", "", "}"), "\"\""),
            choice(0, "{}", "\"tool_calls\""));
    assertThat(String.valueOf(document(stream).get("choices")))
        .contains("id=call-a", "name=f", "arguments={}", "role=assistant")
        .contains("finish_reason=tool_calls");
  }

  @Test
  void toolCalls_areJoinedByTheirPlace() {
    String stream =
        events(
            choice(
                0,
                "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"index\":0,\"id\":\"call-a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}",
                "null"),
            choice(
                0,
                "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"x\\\":\"}}]}",
                "null"),
            choice(
                0,
                "{\"tool_calls\":[{\"index\":1,\"id\":\"call-b\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]}",
                "null"),
            choice(
                0, "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"1}\"}}]}", "null"),
            choice(0, "{}", "\"tool_calls\""));
    assertThat(document(stream).get("choices"))
        .isEqualTo(
            Yaml.readJson(
                    "{\"c\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"tool_calls\":["
                        + "{\"id\":\"call-a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":1}\"}},"
                        + "{\"id\":\"call-b\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]},"
                        + "\"finish_reason\":\"tool_calls\"}]}")
                .get("c"));
  }

  @Test
  void document_becomesAStream_andComesBackTheSame() {
    String document =
        "{\"id\":\"c-1\",\"object\":\"chat.completion\",\"created\":17,\"model\":\"m\",\"system_fingerprint\":\"fp\",\"choices\":["
            + "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"a\\n\\\"b\\\"\",\"tool_calls\":[{\"id\":\"t\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"stop\"},"
            + "{\"index\":1,\"message\":{\"role\":\"assistant\",\"content\":\"z\"},\"finish_reason\":\"length\"}],"
            + USAGE
            + "}";
    Bytes stream = stream(document, true);
    assertThat(stream.text()).endsWith("data: [DONE]\n\n").contains("chat.completion.chunk");
    assertThat(Yaml.readJson(written(stream))).isEqualTo(Yaml.readJson(document));
    assertThat(stream(document, false).text()).doesNotContain("usage");
  }

  @Test
  void completion_ofText_becomesAStreamToo() {
    String document =
        "{\"id\":\"c-1\",\"object\":\"text_completion\",\"created\":17,\"model\":\"m\",\"choices\":[{\"text\":\"word\",\"index\":0,\"logprobs\":null,\"finish_reason\":\"stop\"}],"
            + USAGE
            + "}";
    Map<String, Object> back = Yaml.readJson(written(stream(document, true)));
    assertThat(back).containsEntry("object", "text_completion").containsKey("usage");
    List<?> choices = (List<?>) Objects.requireNonNull(back.get("choices"));
    assertThat(((Map<?, ?>) choices.getFirst()).get("text")).isEqualTo("word");
  }

  @Test
  void whatIsSaidAgain_isNotContinued() {
    String call =
        "{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"getw\",\"arguments\":\"{\"}}]}";
    String stream =
        events(
            choice(0, call, "null"),
            choice(0, call.replace("\"{\"", "\"}\""), "\"tool_calls\""),
            choice(0, "{}", "\"tool_calls\""));
    assertThat(written(Bytes.utf8(stream)))
        .contains("\"name\":\"getw\"", "\"arguments\":\"{}\"", "\"finish_reason\":\"tool_calls\"")
        .contains("\"id\":\"a\"");
  }

  @Test
  void whatCannotBeWrittenAnew_isNone() {
    assertThat(
            Replay.document(
                Bytes.utf8(
                    events(
                        choice(0, "{\"content\":\"\"}", "null"),
                        choice(0, "{\"content\":[{\"type\":\"text\"}]}", "\"stop\"")))))
        .isNull();
    assertThat(Replay.document(Bytes.utf8("data: {oops\n\n" + events()))).isNull();
    assertThat(Replay.stream(Bytes.utf8("{oops"), true)).isNull();
    assertThat(Replay.stream(Bytes.utf8("{\"choices\":{}}"), true)).isNull();
  }

  @Test
  void streamOfNothing_isNoDocument() {
    assertThat(Replay.document(Bytes.utf8("data: [DONE]\n\n"))).isNull();
  }
}
