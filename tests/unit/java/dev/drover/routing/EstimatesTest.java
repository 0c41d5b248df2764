package dev.drover.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import dev.drover.catalog.Catalog;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.dialect.RequestFacts;
import dev.drover.state.health.HealthRegistry;
import dev.drover.testing.Configs;
import dev.drover.testing.FakeTicker;
import dev.drover.testing.Requests;
import dev.drover.types.Usage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.pdfbox.pdfwriter.compress.CompressParameters;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Before anything is learned, no estimate of a prompt is off by more than 3 times. Text is counted
 * by the tokenizer of GPT-4o; images, sounds and documents by the figures of the vendors' pages.
 */
class EstimatesTest {
  private static final Encoding COUNTED =
      Encodings.newDefaultEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

  private final FakeTicker ticker = new FakeTicker();
  private final GatewayConfig config = Configs.three("priority");
  private final Catalog catalog = Configs.catalog(config);
  private final Target target = Objects.requireNonNull(catalog.target("a"));

  private long expected(RequestFacts facts) {
    return fresh().expectedInput(target, facts);
  }

  private Estimates fresh() {
    return Estimates.compile(config, catalog, new HealthRegistry(ticker), ticker);
  }

  private static RequestFacts facts(Object content) throws IOException {
    var message = Map.of("role", "user", "content", content);
    var body = Map.of("model", "chat", "messages", List.of(message));
    return Requests.facts(new ObjectMapper().writeValueAsString(body));
  }

  private static void within3Times(long estimate, long counted) {
    assertThat(estimate).isBetween(counted / 3, counted * 3);
  }

  /** Kinds of text, each a few sentences or lines long. */
  enum Text {
    ENGLISH(
        "The ferry leaves the harbour at seven, and the first passengers are always the bakers. "
            + "They carry warm bread in flat baskets and sleep on their feet until the island."),
    VIETNAMESE(
        "Chuyến phà rời bến lúc bảy giờ sáng, và những hành khách đầu tiên luôn là thợ làm bánh. "
            + "Họ mang bánh mì nóng trong những chiếc giỏ và ngủ đứng cho đến khi tới đảo."),
    CHINESE("渡轮早上七点离开港口，最先上船的总是面包师。他们提着装满热面包的篮子，一直站着睡到岛上。天气好的时候，孩子们会在码头上等着。"),
    CODE(
        """
        static long sum(List<Long> values) {
          long total = 0;
          for (long value : values) {
            if (value > 0 && total <= Long.MAX_VALUE - value) {
              total += value; // never overflows
            }
          }
          return total;
        }
        """),
    JSON(
        """
        {"id":"a1f0-77","items":[{"sku":"BX-2041","count":3,"price":12.5},{"sku":"QT-9","count":1,
        "price":0.99}],"shipping":{"method":"ferry","insured":true,"note":null},"total":38.49}
        """);

    final String words;

    Text(String words) {
      this.words = words;
    }
  }

  @ParameterizedTest
  @EnumSource
  void textOfEachKind(Text text) throws Exception {
    for (int times : new int[] {1, 10, 100}) {
      String words = text.words.repeat(times);
      within3Times(expected(facts(words)), COUNTED.countTokens(words));
    }
  }

  /** The figures of OpenAI, Anthropic and Gemini for images of these sizes. */
  @ParameterizedTest
  @CsvSource({
    "512, 512, 255, 350, 258",
    "1024, 1024, 765, 1399, 1032",
    "2048, 1024, 1105, 1600, 1548",
    "1920, 1080, 1105, 1600, 1548",
    "4032, 3024, 765, 1600, 1548",
  })
  void images(int width, int height, long openai, long anthropic, long gemini) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", out);
    RequestFacts facts =
        facts(List.of(Map.of("type", "image_url", "image_url", Map.of("url", url("png", out)))));
    for (long counted : new long[] {openai, anthropic, gemini}) {
      within3Times(expected(facts), counted);
    }
  }

  private static String url(String type, ByteArrayOutputStream data) {
    return "data:image/%s;base64,%s"
        .formatted(type, Base64.getEncoder().encodeToString(data.toByteArray()));
  }

  /** Anthropic states 1,500 to 3,000 tokens for a page. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10, 40, 99})
  void documents_byTheirPages(int pages) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PDDocument document = new PDDocument()) {
      for (int i = 0; i < pages; i++) {
        document.addPage(new PDPage());
      }
      document.save(out, CompressParameters.NO_COMPRESSION);
    }
    String data =
        "data:application/pdf;base64," + Base64.getEncoder().encodeToString(out.toByteArray());
    var file = Map.of("filename", "a.pdf", "file_data", data);
    long estimate = expected(facts(List.of(Map.of("type", "file", "file", file))));
    within3Times(estimate, 1_500L * pages);
    within3Times(estimate, 3_000L * pages);
  }

  /** A minute of sound at 64 kbit/s: Gemini states 1,920 tokens, OpenAI bills 600. */
  @Test
  void sound_byItsSeconds() throws Exception {
    byte[] minute = new byte[60 * 8_000];
    new Random(1).nextBytes(minute);
    var audio = Map.of("data", Base64.getEncoder().encodeToString(minute), "format", "mp3");
    long estimate = expected(facts(List.of(Map.of("type", "input_audio", "input_audio", audio))));
    within3Times(estimate, 600);
    within3Times(estimate, 1_920);
  }

  /** However odd the answers that taught before, the next one moves an estimate by 2 at most. */
  @Test
  void oneSample_movesAnEstimateByABound() throws Exception {
    Random random = new Random(7);
    for (int history = 0; history < 200; history++) {
      Estimates estimates = fresh();
      RequestFacts text = facts("w".repeat(1 + random.nextInt(20_000)));
      for (int i = 0; i < 20; i++) {
        long before = estimates.expectedInput(target, text);
        long stated = 1 + (long) Math.pow(10, random.nextDouble() * 7);
        var usage = new Usage(Usage.Status.COMPLETE, stated, 0, 0, 0, 5, 0, 0);
        var model = Objects.requireNonNull(catalog.model("chat"));
        estimates.learn(Requests.ask("x", model, text), target, usage, 20);
        assertThat(estimates.expectedInput(target, text)).isBetween(before / 2 - 1, before * 2 + 1);
      }
    }
  }

  /** Whatever earlier answers taught, a budget reserves as much. */
  @Test
  void bound_doesNotFallByWhatACallerTeaches() throws Exception {
    var model = Objects.requireNonNull(catalog.model("chat"));
    RequestFacts facts =
        Requests.facts(
            "{\"model\":\"chat\",\"max_tokens\":1,\"max_completion_tokens\":4000,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    assertThat(facts.maxOutputTokens()).as("the larger of both").isEqualTo(4000);
    Estimates estimates = fresh();
    var before = estimates.bound(Requests.ask("x", model, facts), 1);
    RequestFacts text = facts("w".repeat(20_000));
    for (int i = 0; i < 150; i++) {
      var usage = new Usage(Usage.Status.COMPLETE, 1, 0, 0, 0, 1, 0, 0);
      for (Target each : model.targets()) {
        estimates.learn(Requests.ask("x", model, text), each, usage, 4);
      }
    }
    var after = estimates.bound(Requests.ask("x", model, facts), 1);
    assertThat(after.costNanos()).isGreaterThanOrEqualTo(before.costNanos() * 9 / 10);
    assertThat(after.costNanos()).as("4,000 tokens at 8 USD per million").isGreaterThan(32_000_000);
    assertThat(after.tokens()).isGreaterThan(4000);
    assertThat(estimates.bound(Requests.ask("x", model, facts), 2).costNanos())
        .as("hedged")
        .isGreaterThan(64_000_000);
    assertThat(estimates.bound(Requests.ask("x", model, text), 1).tokens())
        .as("without a bound of the client")
        .isGreaterThan(10_000 + 8192);
  }
}
