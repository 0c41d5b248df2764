package dev.drover.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.json.Yaml;
import dev.drover.testing.Requests;
import dev.drover.types.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextErrorTest {
  private static ResponseTransform transform(int status, String label) {
    return Translation.same(Dialects.usual())
        .response(
            Requests.facts("{\"model\":\"m\",\"messages\":[]}"),
            new ResponseHead(status, label, ""),
            Requests.CONTEXT,
            false,
            List.of());
  }

  private static String message(String json) {
    Map<?, ?> error = (Map<?, ?>) Objects.requireNonNull(Yaml.readMap(json).get("error"));
    return String.valueOf(error.get("message"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "upstream connect error | upstream connect error",
        "<html><body><h1>502 Bad Gateway</h1></body></html> | 502 Bad Gateway",
        "{\"error\": | {\"error\":",
        "'' | The provider sent status 502 without a reason."
      })
  void text_becomesAnErrorOfTheApi_howeverItIsCut(String body, String message) {
    ResponseTransform transform = transform(502, "text/html");
    assertThat(transform.setHeaders()).containsEntry("content-type", "application/json");
    assertThat(transform.removedHeaders()).contains("content-length");
    for (int i = 0; i < body.length(); i++) {
      assertThat(transform.apply(Bytes.utf8(body.substring(i, i + 1)), false))
          .isEqualTo(Bytes.EMPTY);
    }
    Bytes all = Objects.requireNonNull(transform.apply(Bytes.EMPTY, true));
    assertThat(message(all.text())).isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"error\":{\"message\":\"busy\"}}", "[{\"error\":1}]"})
  void json_passesAsItIs_whateverItsLabel(String body) {
    for (String label : new String[] {"text/plain", "application/problem+json"}) {
      Bytes all = Objects.requireNonNull(transform(503, label).apply(Bytes.utf8(body), true));
      assertThat(all.text()).isEqualTo(body);
    }
  }

  @Test
  void longText_isCut() {
    Bytes all =
        Objects.requireNonNull(
            transform(500, "text/plain").apply(Bytes.utf8("word ".repeat(100_000)), true));
    assertThat(message(all.text())).hasSizeBetween(2_000, 2_048);
  }

  @Test
  void goodResponse_isNotTouched() {
    assertThat(transform(200, "text/plain").apply(Bytes.utf8("hello"), true)).isNull();
  }
}
