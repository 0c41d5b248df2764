package dev.drover.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathTemplateTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/models | /v1/models | ''",
        "/v1/models/{model} | /v1/models/gpt-4.1 | gpt-4.1",
        "/v1/models/{model} | /v1/models/a/b:c%2Fd | a/b:c%2Fd",
        "/v1beta/models/{model}:generateContent | /v1beta/models/gemini-2.5:generateContent | gemini-2.5",
        "/v1beta/models/{model}:generateContent | /v1beta/models/a:b:generateContent | a:b",
        "/v1/responses/{id}/cancel | /v1/responses/resp_1/cancel | resp_1"
      })
  void path_isMatched_byTheTemplateAndByItsExpression(String text, String path, String value) {
    PathTemplate template = PathTemplate.of(text);
    Map<String, String> found = Objects.requireNonNull(template.match(path));
    assertThat(String.join("", found.values())).isEqualTo(value);
    assertThat(template.exact()).isEqualTo(found.isEmpty());
    assertThat(Pattern.matches(template.regex(), path)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/models | /v1/models/",
        "/v1/models | /v1/model",
        "/v1/models/{model} | /v1/models/",
        "/v1/models/{model} | /v2/models/a",
        "/v1beta/models/{model}:generateContent | /v1beta/models/:generateContent",
        "/v1beta/models/{model}:generateContent | /v1beta/models/a:countTokens",
        "/v1beta/models/{model}:generateContent | /v1beta/models/aXgenerateContent",
        "/v1/a.b/{id} | /v1/aXb/1"
      })
  void otherPath_isNotMatched_byEither(String text, String path) {
    PathTemplate template = PathTemplate.of(text);
    assertThat(template.match(path)).isNull();
    assertThat(Pattern.matches(template.regex(), path)).isFalse();
  }

  @Test
  void twoVariables_areTakenApart() {
    assertThat(
            PathTemplate.of("/v1/projects/{project}/models/{model}:predict")
                .match("/v1/projects/p/models/m/n:predict"))
        .isEqualTo(Map.of("project", "p", "model", "m/n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1/models", "/v1/{a}{b}", ""})
  void templateThatIsNone_isRefusedByName(String text) {
    assertThatThrownBy(() -> PathTemplate.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("path template: " + text);
  }
}
