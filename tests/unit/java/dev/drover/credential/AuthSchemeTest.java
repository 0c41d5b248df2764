package dev.drover.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.config.schema.DialectNames;
import dev.drover.config.schema.Key;
import dev.drover.config.schema.ProviderConfig;
import dev.drover.dialect.Dialect;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.UpstreamRequest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthSchemeTest {
  private static final UpstreamRequest REQUEST =
      new UpstreamRequest(
          "POST", "/v1/chat/completions", Map.of("x-a", "1"), UpstreamRequest.UNCHANGED);

  @ParameterizedTest
  @CsvSource({
    "bearer,authorization,Bearer sk-1",
    "x-api-key,x-api-key,sk-1",
    "api-key,api-key,sk-1",
    "x-goog-api-key,x-goog-api-key,sk-1"
  })
  void key_goesIntoTheHeaderOfItsScheme_andNothingElseChanges(
      String label, String header, String value) {
    ApiKey key = new ApiKey("sk-1", AuthScheme.named(label));
    UpstreamRequest sent = key.authorize(REQUEST, "api.example.com", Instant.EPOCH);
    assertThat(sent.headers()).isEqualTo(Map.of("x-a", "1", header, value));
    assertThat(sent.path()).isEqualTo(REQUEST.path());
    assertThat(sent.body()).isEqualTo(REQUEST.body());
    assertThat(key.toString()).doesNotContain("sk-1");
  }

  @Test
  void unknownScheme_isRefusedByName() {
    assertThatThrownBy(() -> AuthScheme.named("basic"))
        .hasMessageContaining("auth: basic (expected: one of [bearer, x-api-key");
  }

  @Test
  void config_knowsTheSameNamesAsTheCode() throws Exception {
    assertThat(Arrays.asList(oneOf("auth"))).isEqualTo(AuthScheme.labels());
    assertThat(DialectNames.ALL)
        .isEqualTo(Dialects.all().stream().map(Dialect::name).toList())
        .isEqualTo(Arrays.asList(oneOf("dialect")));
  }

  private static String[] oneOf(String component) {
    return Arrays.stream(ProviderConfig.class.getRecordComponents())
        .filter(each -> each.getName().equals(component))
        .map(each -> each.getAnnotation(Key.class))
        .findFirst()
        .orElseThrow()
        .oneOf();
  }
}
