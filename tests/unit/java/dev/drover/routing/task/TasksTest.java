package dev.drover.routing.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.TasksConfig;
import dev.drover.testing.Cases;
import dev.drover.testing.Configs;
import dev.drover.testing.Requests;
import dev.drover.types.Bytes;
import dev.drover.types.NanoDollars;
import dev.drover.types.Quality;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TasksTest {
  private static final String MINIMAL =
      """
      version: 1
      providers: { p: { base_url: "https://p.example/v1" } }
      targets: { t: { provider: p, model: m, price: { input: 1, output: 2 } } }
      models: { m: { targets: [t] } }
      """;
  private final Tasks tasks = Tasks.compile(builtIn());

  private static TasksConfig builtIn() {
    return Configs.load(MINIMAL).tasks();
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  private String classify(String system, String user, String more) {
    String body =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":"
            + quoted(system)
            + "},{\"content\":"
            + quoted(user)
            + ",\"role\":\"user\"}]"
            + more
            + "}";
    return tasks.classify(Requests.facts(body), Bytes.utf8(body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Write a Python function that sorts a list.                      | code
          Hãy gỡ lỗi đoạn mã nguồn này giúp tôi                           | code
          请用代码实现一个快速排序函数                                            | code
          Summarize the following article in three sentences.            | summarize
          Tóm tắt văn bản sau                                             | summarize
          请总结下面这段话                                                    | summarize
          Is this clause of the contract enforceable?                    | legal
          Điều khoản này trong hợp đồng có hiệu lực không?                | legal
          这份合同的条款有法律效力吗                                              | legal
          The patient has these symptoms; what is the diagnosis?         | medical
          Bệnh nhân có triệu chứng sốt cao, hãy chẩn đoán                 | medical
          患者出现这些症状应该如何治疗                                             | medical
          Prove the theorem step by step.                                | complex_reasoning
          Hãy chứng minh từng bước định lý này                            | complex_reasoning
          请逐步证明这个定理                                                   | complex_reasoning
          Classify the sentiment of this review: lovely.                 | classify
          Phân loại bình luận sau                                         | classify
          把这些评论分类                                                     | classify
          Extract all dates from the mail.                               | extract
          Trích xuất các ngày trong thư                                   | extract
          从文本中提取日期                                                    | extract
          Compare the two offers and evaluate the trends.                | analysis
          So sánh và phân tích hai phương án                              | analysis
          比较并分析两种方案                                                   | analysis
          Draft a friendly email to my landlord.                         | writing
          Soạn thảo một bức thư gửi chủ nhà                               | writing
          帮我起草一封邮件                                                    | writing
          Hello, how are you today?                                      | general
          The codex was decoded by encoders                              | general
          """)
  void requests_areOfTheTaskTheirWordsSpeakFor(String user, String task) {
    assertThat(classify("You are helpful.", user, "")).isEqualTo(task);
  }

  @Test
  void escapedAndDecomposedText_isReadLikeAnyOther() {
    String body =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":"
            + "[{\"type\":\"text\",\"text\":\"\\u603b\\u7ed3 this\"}]}]}";
    assertThat(tasks.classify(Requests.facts(body), Bytes.utf8(body))).isEqualTo("summarize");
    String decomposed =
        java.text.Normalizer.normalize("Hãy tóm tắt bài này", java.text.Normalizer.Form.NFD);
    assertThat(classify("", decomposed, "")).isEqualTo("summarize");
  }

  @Test
  void whatIsWantedWeighsMoreThanTheMaterial() {
    String material =
        " filler".repeat(40) + " The report mentions a contract.".repeat(9) + " filler".repeat(40);
    assertThat(classify("", "Summarize this." + material + " Thanks a lot, dear friend.", ""))
        .isEqualTo("summarize");
  }

  @Test
  void needsOfTheRequest_speakToo() {
    String schema = ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{}}";
    assertThat(classify("", "Here is a mail.", schema)).isEqualTo("extract");
  }

  @Test
  void hugeRequests_areLookedAtFromBothEndsOnly() {
    String filler = "lorem ipsum ".repeat(100_000);
    assertThat(classify("", filler + "\nPlease summarize the above.", "")).isEqualTo("summarize");
    assertThat(classify("", filler + "summarize" + filler, "")).isEqualTo("general");
  }

  @Test
  void classesOfTheConfig_replaceAndJoinTheBuiltInOnes() {
    Tasks own =
        Tasks.compile(
            Configs.load(
                    MINIMAL
                        + "tasks: { classes: { code: { words: [brew] }, cooking: { quality: low, words: [\"cook*\"], patterns: [\"\\\\d+ ?g of\"] } } }")
                .tasks());
    assertThat(own.names()).contains("legal", "code").last().isEqualTo("cooking");
    assertThat(own.quality("code", null)).isEqualTo(Quality.BALANCED);
    String body =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"python with 200 g of sugar\"}]}";
    assertThat(own.classify(Requests.facts(body), Bytes.utf8(body))).isEqualTo("cooking");
  }

  @Test
  void blanksOfAnotherScript_areNoWord() {
    Tasks own =
        Tasks.compile(
            Configs.load(
                    MINIMAL
                        + "tasks: { classes: { code: { words: [\"\\u3000\", \"\\u2003*\", brew] } } }")
                .tasks());
    String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"brew it\"}]}";
    assertThat(own.classify(Requests.facts(body), Bytes.utf8(body))).isEqualTo("code");
  }

  @Test
  void quality_followsTheTask_orTheMoneyAllowed() {
    assertThat(tasks.quality("legal", null)).isEqualTo(Quality.HIGH);
    assertThat(tasks.quality("code", null)).isEqualTo(Quality.BALANCED);
    assertThat(tasks.quality("extract", null)).isEqualTo(Quality.LOW);
    assertThat(tasks.quality(Tasks.GENERAL, null)).isNull();
    assertThat(tasks.quality("extract", NanoDollars.ofUsd(new BigDecimal("0.05"))))
        .isEqualTo(Quality.LOW);
    assertThat(tasks.quality("extract", NanoDollars.ofUsd(new BigDecimal("0.0501"))))
        .isEqualTo(Quality.HIGH);
  }

  /** Against a plain search for each word. */
  @Test
  void words_areFoundAsASearchForEachFindsThem() {
    Cases.each(
        random -> {
          List<String> words = new ArrayList<>();
          for (int i = 1 + random.nextInt(6); i > 0; i--) {
            words.add(letters(random, 1 + random.nextInt(4)));
          }
          String text = letters(random, random.nextInt(60));
          int[] found = new int[words.size()];
          new Words(words.stream().map(word -> List.of(word + "*")).toList())
              .find(text, (owner, _) -> found[owner]++);
          for (int i = 0; i < words.size(); i++) {
            assertThat(found[i])
                .as(words.get(i) + " in " + text)
                .isEqualTo(count(text, words.get(i)));
          }
        });
  }

  private static String letters(java.util.random.RandomGenerator random, int length) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < length; i++) {
      out.append("ab 好".charAt(random.nextInt(4)));
    }
    return out.toString().isBlank() ? "a" : out.toString().strip().toLowerCase(Locale.ROOT);
  }

  /** Occurrences that no letter stands before. */
  private static int count(String text, String word) {
    int count = 0;
    for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      boolean inside =
          at > 0 && "ab".indexOf(text.charAt(at - 1)) >= 0 && "ab".indexOf(word.charAt(0)) >= 0;
      count += inside ? 0 : 1;
    }
    return count;
  }
}
