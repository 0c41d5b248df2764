package dev.drover.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.ProviderConfig;
import dev.drover.config.schema.ProviderCredentialConfig;
import dev.drover.testing.Configs;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a key and prompts go: to an address in the file, or to the provider that it names. */
class LiteLlmAddressesTest {
  private static Migrated read(String params, String more) {
    return LiteLlmConfig.read(
        "model_list: [ { model_name: m, litellm_params: { %s } } ]\n%s".formatted(params, more));
  }

  private static ProviderConfig provider(Migrated migrated) {
    return Configs.load(migrated.yaml()).providers().values().iterator().next();
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o, https://api.openai.com/v1",
    "gpt-4.1-mini, https://api.openai.com/v1",
    "gpt-4o-2024-08-06, https://api.openai.com/v1",
    "gpt-4-0613, https://api.openai.com/v1",
    "gpt-4-1106-preview, https://api.openai.com/v1",
    "gpt-3.5-turbo, https://api.openai.com/v1",
    "o3-mini, https://api.openai.com/v1",
    "deepseek-v4-flash, https://api.deepseek.com/v1",
    "claude-sonnet-4-5, https://api.anthropic.com/v1",
    "claude-sonnet-4-5-20250929, https://api.anthropic.com/v1",
    "anthropic/claude-next, https://api.anthropic.com/v1",
    "openai/anything, https://api.openai.com/v1",
    "groq/anything, https://api.groq.com/openai/v1",
    "gemini/gemini-2.5-pro, https://generativelanguage.googleapis.com/v1beta/openai",
  })
  void knownName_goesToItsProvider(String model, String address) {
    assertThat(provider(read("model: %s, api_key: os.environ/K".formatted(model), "")).baseUrl())
        .isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "claude-next",
        "gemini-2.5-pro",
        "gemini-next",
        "llama-3-70b",
        "gpt-oss-120b",
        "gpt-4-internal",
        "my-model",
        "mistral-large",
        "meta-llama/llama-3",
        "azure/gpt-4o",
      })
  void otherName_isLeftOut_withANote(String model) {
    Migrated migrated = read("model: %s, api_key: os.environ/K".formatted(model), "");
    assertThat(migrated.yaml()).isEmpty();
    assertThat(migrated.modelsLost()).isTrue();
    assertThat(migrated.notes().getFirst())
        .startsWith("model_list[0] (m, %s): left out: ".formatted(model));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "api_base: os.environ/BASE",
        "base_url: os.environ/BASE",
        "api_base: ''",
        "api_base: 5",
        "api_base: [ 'https://h/v1' ]",
        "api_base: nonsense",
        "api_base: 'https://h/v1?key=hunter2'",
        "api_base: 'https://h/v1#hunter2'",
        "api_base: 'http://my_host:8000/v1'",
        "api_base: 'https://h:99999/v1'",
        "api_base: 'https://h:0/v1'",
        "api_base: 'ftp://h/v1'",
        "api_base: 'https://h/ä'",
        "api_base: '{{ base }}'",
        "litellm_credential_name: elsewhere",
        "use_litellm_proxy: true",
        "mock_response: hello",
      })
  void addressThatCannotBeTold_isNotReplacedByAnother(String param) {
    Migrated migrated = read("model: openai/gpt-4o, api_key: os.environ/K, " + param, "");
    assertThat(migrated.yaml()).isEmpty();
    assertThat(migrated.modelsLost()).isTrue();
    assertThat(String.join("\n", migrated.notes())).contains("left out").doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "api_base: 'https://h.example/v1' | ''",
        "base_url: 'https://h.example/v1' | ''",
        "base_url: 'https://h.example/v1', api_base: 'https://other.example/v1' | ''",
        "api_base: 'https://user:hunter2@h.example/v1' | ''",
        "api_base: 'HTTPS://h.example/v1/chat/completions' | ''",
        "api_base: os.environ/B | 'environment_variables: { B: \"https://h.example/v1\" }'",
        "drop: x | 'environment_variables: { OPENAI_API_BASE: \"https://h.example/v1\" }'",
        "drop: x | 'environment_variables: { OPENAI_BASE_URL: \"https://h.example/v1\" }'",
        "drop: x | 'litellm_settings: { api_base: \"https://h.example/v1\" }'",
        "drop: x | 'router_settings: { default_litellm_params: { api_base: \"https://h.example/v1\" } }'",
        "litellm_credential_name: c | 'credential_list: [ { credential_name: c, credential_values: { api_base: \"https://h.example/v1\" } } ]'",
      })
  void addressAnywhereInTheFile_isTheOneThatIsAsked(String param, String more) {
    Migrated migrated = read("model: openai/gpt-4o, api_key: os.environ/K, " + param, more);
    assertThat(provider(migrated).baseUrl()).isEqualTo("https://h.example/v1");
    assertThat(migrated.yaml()).doesNotContain("hunter2");
  }

  @Test
  void addressInTheEnvironment_ofAllOpenAiModels_isNotReplacedEither() {
    assertThat(read("model: gpt-4o", "litellm_settings: { api_base: os.environ/BASE }").yaml())
        .isEmpty();
    assertThat(
            read("model: gpt-4o", "environment_variables: { OPENAI_API_BASE: os.environ/B }")
                .yaml())
        .isEmpty();
  }

  @Test
  void selfHosted_wantsAnAddress_andGeminisOwnDialectIsNotSpoken() {
    assertThat(read("model: hosted_vllm/x", "").notes().getFirst())
        .endsWith("left out: no litellm_params.api_base");
    assertThat(read("model: gemini/x, api_base: 'https://h/v1beta'", "").yaml()).isEmpty();
    assertThat(
            provider(read("model: x, custom_llm_provider: hosted_vllm, api_base: 'http://h'", ""))
                .baseUrl())
        .isEqualTo("http://h");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "api_key: os.environ/OWN | OWN",
        "drop: x | OPENAI_API_KEY",
        "api_base: 'https://h/v1' | ''",
        "api_key: sk-plain | ''",
        "api_key: os.environ/NOT-A-NAME | ''",
        "litellm_credential_name: c | CREDENTIAL",
      })
  void key_isReadWhereTheFileSays_andNeverWritten(String param, String variable) {
    Migrated migrated =
        read(
            "model: openai/gpt-4o, " + param,
            "credential_list: [ { credential_name: c, credential_values: { api_key: os.environ/CREDENTIAL } } ]");
    assertThat(provider(migrated).credentials())
        .extracting(ProviderCredentialConfig::env)
        .isEqualTo(variable.isEmpty() ? List.of() : List.of(variable));
    assertThat(migrated.yaml() + migrated.notes()).doesNotContain("sk-plain");
  }

  @ParameterizedTest
  @CsvSource({
    "openai/gpt-4o, embedding",
    "openai/gpt-4o, image_generation",
    "openai/gpt-4o, audio_transcription",
    "openai/gpt-4o, audio_speech",
    "openai/gpt-4o, rerank",
    "openai/gpt-4o, completion",
    "openai/gpt-4o, moderation",
    "openai/gpt-4o, responses",
    "openai/gpt-4o, batch",
    "openai/gpt-4o, something_new",
    "openai/text-embedding-3-small, ''",
    "text-embedding-ada-002, ''",
    "together_ai/jina-rerank-v2, ''",
    "openai/whisper-1, ''",
    "openai/gpt-4o-transcribe, ''",
    "openai/tts-1-hd, ''",
    "openai/dall-e-3, ''",
    "openai/gpt-image-1, ''",
    "openai/omni-moderation-latest, ''",
    "openai/gpt-realtime, ''",
    "openai/sora-2, ''",
    "openai/gpt-3.5-turbo-instruct, ''",
    "openai/responses/o1-pro, ''",
    "text-completion-openai/davinci-002, ''",
  })
  void deploymentThatIsNotForChat_isLeftOut(String model, String mode) {
    Migrated migrated =
        LiteLlmConfig.read(
            "model_list: [ { model_name: m, litellm_params: { model: '%s' }, model_info: { mode: '%s' } } ]"
                .formatted(model, mode));
    assertThat(migrated.yaml()).isEmpty();
    assertThat(migrated.modelsLost()).isTrue();
    assertThat(String.join("\n", migrated.notes())).contains("left out: ");
  }

  @ParameterizedTest
  @CsvSource({
    "openai/gpt-4o, chat",
    "openai/gpt-4o, ''",
    "openai/whisper-1, chat",
    "openai/my-embedded-model, ''",
    "openai/watts, ''",
  })
  void deploymentForChat_isTaken(String model, String mode) {
    Migrated migrated =
        LiteLlmConfig.read(
            "model_list: [ { model_name: m, litellm_params: { model: '%s' }, model_info: { mode: '%s' } } ]"
                .formatted(model, mode));
    assertThat(Configs.load(migrated.yaml()).models()).containsKey("m");
    assertThat(migrated.modelsLost()).isFalse();
  }
}
