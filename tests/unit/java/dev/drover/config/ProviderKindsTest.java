package dev.drover.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.catalog.Catalog;
import dev.drover.catalog.Provider;
import dev.drover.catalog.Target;
import dev.drover.config.bind.Problem;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.Key;
import dev.drover.config.schema.KindNames;
import dev.drover.config.schema.ProviderConfig;
import dev.drover.dialect.Dialect;
import dev.drover.testing.Configs;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderKindsTest {
  private static Stream<String> kinds() {
    return ProviderKinds.names().stream();
  }

  private static String yaml(String provider, String model) {
    return """
        version: 1
        providers: { p: %s }
        targets: { t: { provider: p, model: "%s", price: { input: 1, output: 1 } } }
        models: { m: { targets: [t] } }
        """
        .formatted(provider, model);
  }

  private static Provider provider(String provider, String model) {
    GatewayConfig config = Configs.load(yaml(provider, model));
    Target target = Catalog.compile(config, Configs.credentials()).target("t");
    return Objects.requireNonNull(target).provider();
  }

  private static List<String> names(Provider provider) {
    return provider.dialects().stream().map(Dialect::name).toList();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void eachKind_isSoundWithItsPlace_andSaysWhereItsFactsAreFrom(String kind) {
    Provider provider =
        provider("{ kind: " + kind + ", region: eu-west-1, project: p-1, resource: r-1 }", "m");
    assertThat(provider.host()).isNotEmpty().doesNotContain("{", "missing");
    JsonNode says = ProviderKinds.of(kind);
    assertThat(says.path("title").asText()).isNotEmpty();
    assertThat(says.path("notes").asText()).endsWith(".");
    assertThat(says.path("missing").asText()).endsWith(".");
    assertThat(says.path("source")).isNotEmpty();
    assertThat(says.path("date").asText()).matches("20\\d\\d-\\d\\d-\\d\\d");
  }

  @Test
  void theConfigsKinds_areThoseOfTheFile() throws ReflectiveOperationException {
    RecordComponent component =
        Arrays.stream(ProviderConfig.class.getRecordComponents())
            .filter(each -> each.getName().equals("kind"))
            .findFirst()
            .orElseThrow();
    List<String> known = new ArrayList<>(ProviderKinds.names());
    known.add(KindNames.CUSTOM);
    assertThat(component.getAnnotation(Key.class).oneOf()).containsExactlyElementsOf(known);
  }

  @Test
  void keysBesideAKind_win() {
    Provider provider =
        provider("{ kind: openai, base_url: \"http://gpu:8000/v1\", auth: api-key }", "m");
    assertThat(provider.authority()).isEqualTo("gpu:8000");
    assertThat(provider.auth().header()).isEqualTo("api-key");
    assertThat(names(provider)).containsExactly("responses", "openai");
  }

  @ParameterizedTest
  @CsvSource({
    "global,aiplatform.googleapis.com",
    "us,aiplatform.us.rep.googleapis.com",
    "eu,aiplatform.eu.rep.googleapis.com",
    "europe-west1,europe-west1-aiplatform.googleapis.com"
  })
  void vertex_hasAHostForEachLocation(String region, String host) {
    Provider provider =
        provider("{ kind: vertex, region: " + region + ", project: p }", "gemini-2.5-pro");
    assertThat(provider.host()).isEqualTo(host);
    assertThat(provider.path(provider.api(), "gemini-2.5-pro"))
        .isEqualTo("/v1/projects/p/locations/" + region + "/publishers/google");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          vertex;  gemini-2.5-pro;                            gemini
          vertex;  claude-sonnet-4-6;                         vertex-anthropic
          bedrock; amazon.nova-pro-v1:0;                      bedrock
          bedrock; eu.anthropic.claude-sonnet-4-6-v1:0;       bedrock bedrock-anthropic
          """)
  void modelsOfAnthropic_goTheirOwnWay(String kind, String model, String dialects) {
    Provider provider = provider("{ kind: " + kind + ", region: eu, project: p }", model);
    assertThat(names(provider)).containsExactly(dialects.split(" "));
  }

  @Test
  void whatAKindNeeds_isAskedForByName() {
    assertThat(problems("{ kind: vertex }"))
        .containsExactlyInAnyOrder("providers.p.region", "providers.p.project");
    assertThat(problems("{ kind: azure }")).containsExactly("providers.p.resource");
    assertThat(problems("{ kind: opena }")).contains("providers.p.kind");
    assertThat(problems("{}")).containsExactly("providers.p.base_url");
  }

  private static List<String> problems(String provider) {
    return ConfigLoader.parse(yaml(provider, "m")) instanceof Loaded.Broken broken
        ? broken.problems().stream().map(Problem::path).toList()
        : List.of();
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/providers.md", "docs/reference/providers.md"})
  void examplesOfThePages_areSound(String page) throws IOException {
    Matcher fence =
        Pattern.compile("```yaml\n(providers:\n.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of(page)));
    int found = 0;
    while (fence.find()) {
      StringBuilder config = new StringBuilder("version: 1\n" + fence.group(1) + "targets:\n");
      Matcher name = Pattern.compile("(?m)^  (\\w+):").matcher(fence.group(1));
      while (name.find()) {
        config.append(
            "  %1$s: { provider: %1$s, model: m, price: { input: 1, output: 1 } }\n"
                .formatted(name.group(1)));
        found++;
      }
      String first = fence.group(1).replaceFirst("(?s)providers:\n  (\\w+):.*", "$1");
      config.append("models: { m: { targets: [" + first + "] } }\n");
      assertThat(Configs.catalog(Configs.load(config.toString())).targets()).isNotEmpty();
    }
    assertThat(found).isGreaterThan(3);
  }

  @Test
  void page_isThatOfTheFile() throws IOException {
    Path page = Path.of("docs/reference/providers.md");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(page, ProviderKinds.page());
    }
    assertThat(Files.readString(page)).isEqualTo(ProviderKinds.page());
  }
}
