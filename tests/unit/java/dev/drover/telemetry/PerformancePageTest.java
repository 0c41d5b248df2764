package dev.drover.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.json.Yaml;
import dev.drover.testing.PerformancePage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The figures that are published are those that were measured. */
class PerformancePageTest {
  private static final Path REFERENCE = Path.of("docs/reference");

  @Test
  void tables_areThoseOfTheReport() throws Exception {
    PerformancePage page =
        new PerformancePage(Yaml.readJson(Files.readString(REFERENCE.resolve("performance.json"))));
    assertThat(Files.readString(REFERENCE.resolve("performance.md"))).isEqualTo(page.page());
    assertThat(Files.readString(Path.of("README.md")))
        .contains("<!-- performance -->\n" + page.summary() + "<!-- /performance -->");
  }
}
