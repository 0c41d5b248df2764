package dev.drover.telemetry.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dialect.Dialects;
import dev.drover.json.Yaml;
import dev.drover.record.Content;
import dev.drover.types.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessagesTest {
  private static final Redaction REDACTION = new Redaction(Map.of());

  private static Messages messages(String request, String answer, boolean stream) {
    return Messages.of(
        new Content(Dialects.usual(), Bytes.utf8(request), Bytes.utf8(answer), stream), REDACTION);
  }

  private static @Nullable String asked(Object... messages) {
    return messages(Yaml.writeJsonLine(Map.of("messages", List.of(messages))), "", false).input();
  }

  @Test
  void secretsInArgumentsOfTools_areFound_howeverTheyAreEscaped() {
    String arguments =
        Yaml.writeJsonLine(
            Map.of(
                "env",
                "A=1\nsk-abcdefgh12345678\nAKIAIOSFODNN7EXAMPLE\n10.0.0.12",
                "n",
                4111111111111111L));
    Map<String, Object> call = Map.of("function", Map.of("name", "run", "arguments", arguments));
    assertThat(asked(Map.of("role", "assistant", "tool_calls", List.of(call))))
        .contains("[key]", "[ip]", "[card]", "tool_call")
        .doesNotContain("abcdefgh", "IOSFODNN7", "10.0.0.12", "4111111111111111");
    String cut = "{\"env\":\"A=1\\nsk-abcdefgh12345678";
    Map<String, Object> broken = Map.of("function", Map.of("name", "run", "arguments", cut));
    assertThat(asked(Map.of("role", "assistant", "tool_calls", List.of(broken))))
        .contains("[key]")
        .doesNotContain("abcdefgh");
  }

  @Test
  void rolesAndKindsThatAreMadeUp_areNotTold_norAreImages() {
    assertThat(
            asked(
                Map.of("role", "ann@example.org", "content", "x"),
                Map.of(
                    "role",
                    "tool",
                    "content",
                    List.of(Map.of("type", "image_url", "image_url", Map.of("url", "data:AAAA"))))))
        .contains("\"role\":\"other\"", "\"modality\":\"image_url\"")
        .doesNotContain("ann@", "AAAA");
  }

  @Test
  void longTexts_areCut_andWhatStandsAcrossTheCutIsFound() {
    String text = "x ".repeat(8_187) + "ann.someone.long@example.org" + " y".repeat(10_000);
    assertThat(asked(Map.of("role", "user", "content", text)))
        .doesNotContain("ann.")
        .contains("…")
        .hasSizeLessThan(17_000);
    Object[] many = new Object[100];
    Arrays.fill(many, Map.of("role", "user", "content", text));
    String all = asked(many);
    assertThat(all).hasSizeLessThan(90_000);
    assertThat(Yaml.readJson("{\"all\":" + all + "}")).containsKey("all");
  }

  @Test
  void whatCannotBeRead_isLeftOut() {
    assertThat(messages("null", "null", false)).isEqualTo(new Messages(null, null));
    assertThat(messages("[1", "data: {\"cho", true)).isEqualTo(new Messages(null, null));
    assertThat(messages("", "", true)).isEqualTo(new Messages(null, null));
  }
}
