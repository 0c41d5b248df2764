package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.drover.tools.standin.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's commands, run as they stand there. */
class ReadmeIT {
  private static final Path ROOT = Path.of("").toAbsolutePath();
  private static final String PORT = "10000";

  @TempDir Path folder;

  private static List<String> fences(String language) throws IOException {
    Pattern fence =
        Pattern.compile("^```" + language + "\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    return fence
        .matcher(Files.readString(ROOT.resolve("README.md")))
        .results()
        .map(match -> match.group(1).strip())
        .toList();
  }

  @Test
  void shellFences_areTheOnesTestedHere() throws Exception {
    List<String> fences = fences("sh");
    assertThat(fences).hasSize(4);
    assertThat(fences.get(0)).isEqualTo("./drover demo");
    assertThat(fences.get(1)).isEqualTo("mvn verify");
    assertThat(Files.readString(ROOT.resolve(".ci/run"))).contains("\nmvn -B verify\n");
    assertThat(ROOT.resolve(".ci/run")).isExecutable();
  }

  @Test
  void demoAndItsCurls_work() throws Exception {
    link();
    String port = Integer.toString(Ports.free());
    Process demo = bash(fences("sh").get(0) + " --port " + port);
    try {
      StringBuilder said = new StringBuilder();
      BufferedReader out = demo.inputReader(StandardCharsets.UTF_8);
      for (String line = out.readLine();
          line != null && !line.contains("Ctrl-C");
          line = out.readLine()) {
        said.append(line).append('\n');
      }
      assertThat(said.toString())
          .containsPattern("Data plane: (stand-in|Envoy [0-9])")
          .contains("Console:");
      String curls = fences("sh").get(2);
      assertThat(curls.lines())
          .as("the demo prints the README's lines")
          .allMatch(line -> said.toString().contains(line.replace(PORT, port)));
      String answers = finished(bash(curls.replace(PORT, port)), 0);
      assertThat(answers)
          .contains("x-drover-target: deepseek", "data: [DONE]")
          .contains("x-drover-target: gpt-4.1", "x-drover-attempts: 2");
    } finally {
      demo.destroy();
      assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  @Tag("clients")
  void python_works() throws Exception {
    Path library = ROOT.resolve("target/clients/python");
    assumeThat(library.resolve("openai")).as("openai, which -Pclients installs").exists();
    link();
    String port = Integer.toString(Ports.free());
    Process demo = bash("./drover demo --port " + port);
    try {
      BufferedReader out = demo.inputReader(StandardCharsets.UTF_8);
      for (String line = out.readLine(); line != null && !line.contains("Ctrl-C"); ) {
        line = out.readLine();
      }
      String script = fences("python").getFirst();
      assertThat(script.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(6);
      ProcessBuilder python =
          new ProcessBuilder("python3", "-c", script.replace(PORT, port)).redirectErrorStream(true);
      python.environment().put("PYTHONPATH", library.toString());
      assertThat(finished(python.start(), 0)).isNotBlank().doesNotContain("Error");
    } finally {
      demo.destroy();
      assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void configOfTheReadme_isSound_andRenders() throws Exception {
    link();
    Files.writeString(folder.resolve("drover.yaml"), fences("yaml").getFirst());
    assertThat(finished(bash(fences("sh").get(3)), 0))
        .contains("drover.yaml: sound. 1 models, 2 targets, 4 plan clusters.");
    assertThat(Files.readString(folder.resolve("envoy.yaml")))
        .containsPattern("drover\\|chat\\|gpt@[0-9a-f]{8}\\|sonnet@");
  }

  @Test
  void demoOnce_saysWhatBecameOfEachRequest() throws Exception {
    link();
    assertThat(finished(bash("./drover demo --once"), 0))
        .containsPattern("JSON +gpt-4o +deepseek +1 ")
        .containsPattern("stream +gpt-4o +deepseek +1 ")
        .containsPattern("provider fails +fragile +gpt-4.1 +2 ");
  }

  @Test
  void brokenConfig_isReportedWhole_withAFailingExit() throws Exception {
    link();
    Files.writeString(folder.resolve("drover.yaml"), "version: 1\nproviders: {}\ntragets: {}\n");
    assertThat(finished(bash("./drover check drover.yaml"), 1))
        .contains(
            "providers: empty",
            "tragets: unknown key (expected: a known key; did you mean \"targets\"?)",
            "models: missing");
    assertThat(finished(bash("./drover chekc drover.yaml"), 2)).contains("chekc");
  }

  @Test
  void version_namesTheCommit() throws Exception {
    link();
    assertThat(finished(bash("./drover --version"), 0))
        .containsPattern("drover [0-9.]+, commit ([0-9a-f]{12}(, changed)?|unknown), Java 25");
  }

  @Test
  void billOfMaterials_hasWhatIsInTheProduct_andNothingOfTheTests() throws Exception {
    String bom = Files.readString(ROOT.resolve("target/bom.json"));
    assertThat(bom)
        .contains("\"bomFormat\" : \"CycloneDX\"", "grpc-netty", "netty-transport-native-epoll")
        .doesNotContain("assertj", "junit-jupiter", "playwright");
  }

  private void link() throws IOException {
    Files.createSymbolicLink(folder.resolve("drover"), ROOT.resolve("drover"));
  }

  private Process bash(String script) throws IOException {
    return new ProcessBuilder("bash", "-e", "-c", script)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .start();
  }

  private static String finished(Process process, int exit) throws Exception {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(exit);
    return said;
  }
}
