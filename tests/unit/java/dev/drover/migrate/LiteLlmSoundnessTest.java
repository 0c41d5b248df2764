package dev.drover.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.ProviderConfig;
import dev.drover.config.schema.ProviderCredentialConfig;
import dev.drover.testing.Configs;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What import writes, over thousands of files: sound, without secrets, with nothing lost in
 * silence.
 */
class LiteLlmSoundnessTest {
  private static final int FILES = 2_000;

  /** The addresses of providers that need none in the file. */
  private static final Map<String, String> VENDORS =
      Map.ofEntries(
          Map.entry("anthropic", "api.anthropic.com"),
          Map.entry("openai", "api.openai.com"),
          Map.entry("deepseek", "api.deepseek.com"),
          Map.entry("mistral", "api.mistral.ai"),
          Map.entry("groq", "api.groq.com"),
          Map.entry("together_ai", "api.together.xyz"),
          Map.entry("fireworks_ai", "api.fireworks.ai"),
          Map.entry("openrouter", "openrouter.ai"),
          Map.entry("xai", "api.x.ai"),
          Map.entry("moonshot", "api.moonshot.ai"),
          Map.entry("gemini", "generativelanguage.googleapis.com"));

  private static final List<Case> CASES = new ArrayList<>();

  /** A file and what became of it. */
  private record Case(
      long seed, Map<String, Object> file, Migrated migrated, @Nullable Loaded config) {
    @Nullable GatewayConfig sound() {
      return config instanceof Loaded.Sound(GatewayConfig sound) ? sound : null;
    }
  }

  @BeforeAll
  static void read() {
    for (long seed = 1; seed <= FILES; seed++) {
      Map<String, Object> file =
          LiteLlmFiles.random(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
      try {
        Migrated migrated = LiteLlmConfig.read(LiteLlmFiles.text(file));
        boolean none = migrated.yaml().isEmpty();
        CASES.add(
            new Case(seed, file, migrated, none ? null : ConfigLoader.parse(migrated.yaml())));
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + LiteLlmFiles.text(file), e);
      }
    }
  }

  @AfterAll
  static void forget() {
    CASES.clear();
  }

  private static void each(Consumer<Case> property) {
    for (Case each : CASES) {
      try {
        property.accept(each);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed %d: %s%n%s".formatted(each.seed, e.getMessage(), LiteLlmFiles.text(each.file)),
            e);
      }
    }
  }

  @Test
  void everyWrittenConfig_passesCheck_andCompiles() {
    each(
        each -> {
          if (each.config instanceof Loaded.Broken broken) {
            throw new AssertionError(broken.report());
          }
          GatewayConfig sound = each.sound();
          if (sound != null) {
            Configs.catalog(sound);
          }
        });
    assertThat(CASES).filteredOn(each -> each.sound() != null).hasSizeGreaterThan(FILES / 2);
  }

  @Test
  void everyNote_isACommentInTheFile_onOneLine_andNoneHasASecret() {
    each(
        each -> {
          List<String> notes = each.migrated.notes();
          String yaml = each.migrated.yaml();
          assertThat(yaml + notes).doesNotContain("sk-secret", "hunter2");
          assertThat(notes).allMatch(note -> note.lines().count() == 1);
          if (!yaml.isEmpty()) {
            assertThat(yaml.lines().filter(line -> line.startsWith("# - ")))
                .containsExactlyElementsOf(notes.stream().map(note -> "# - " + note).toList());
          }
        });
  }

  @Test
  void everyDeployment_isATarget_orNamedAsLost() {
    each(
        each -> {
          int given = Trees.list(each.file.get("model_list")).size();
          GatewayConfig sound = each.sound();
          int taken = sound == null ? 0 : sound.targets().size();
          long named =
              each.migrated.notes().stream()
                  .filter(note -> note.matches("model_list\\[\\d+] \\(.*\\): left out: .+"))
                  .count();
          assertThat(taken + named).isEqualTo(given);
          assertThat(each.migrated.modelsLost() || taken == given).isTrue();
        });
  }

  @Test
  void everyKey_goesWhereItsDeploymentSaid() {
    each(
        each -> {
          GatewayConfig sound = each.sound();
          if (sound != null) {
            sound.providers().values().forEach(provider -> checkKey(each.file, provider));
          }
        });
  }

  private static void checkKey(Map<String, Object> file, ProviderConfig provider) {
    String host = URI.create(provider.baseUrl()).getHost();
    for (ProviderCredentialConfig credential : provider.credentials()) {
      String key = String.valueOf(credential.env());
      if (!key.startsWith("KEY_")) {
        assertThat(VENDORS).as("of a vendor itself: " + key).containsValue(host);
        continue;
      }
      int at = Integer.parseInt(key.substring("KEY_".length()));
      Map<String, Object> deployment = Trees.map(Trees.list(file.get("model_list")).get(at));
      checkHost(file, Trees.map(deployment.get("litellm_params")), host);
    }
  }

  private static void checkHost(Map<String, Object> file, Map<String, Object> params, String host) {
    Map<String, Object> general = Trees.map(file.get("litellm_settings"));
    Map<String, Object> variables = Trees.map(file.get("environment_variables"));
    String model = Trees.text(params.get("model"));
    String declared = Trees.text(params.get("custom_llm_provider"));
    String prefix =
        !declared.isEmpty()
            ? declared
            : model.contains("/")
                ? model.substring(0, model.indexOf('/'))
                : model.startsWith("deepseek")
                    ? "deepseek"
                    : model.startsWith("claude") ? "anthropic" : "openai";
    Object own = params.get("base_url") == null ? params.get("api_base") : params.get("base_url");
    Object credential =
        "known".equals(params.get("litellm_credential_name"))
            ? Trees.map(
                    Trees.map(Trees.list(file.get("credential_list")).getFirst())
                        .get("credential_values"))
                .get("api_base")
            : null;
    boolean openAi = prefix.equals("openai");
    Object named =
        own != null
            ? own
            : credential != null
                ? credential
                : openAi && general.get("api_base") != null
                    ? general.get("api_base")
                    : openAi ? variables.get("OPENAI_API_BASE") : null;
    if ("os.environ/SET_BASE".equals(named)) {
      named = variables.get("SET_BASE");
    }
    if (named == null) {
      assertThat(host).isEqualTo(VENDORS.get(prefix));
    } else {
      assertThat(String.valueOf(named)).contains("//", host);
    }
  }
}
