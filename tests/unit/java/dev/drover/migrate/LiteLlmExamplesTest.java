package dev.drover.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.testing.Configs;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files as people write them after LiteLLM's documentation. */
class LiteLlmExamplesTest {
  private static Arguments file(String name, List<String> models, List<String> notes, String yaml) {
    return Arguments.argumentSet(name, models, notes, yaml);
  }

  private static Stream<Arguments> files() {
    return Stream.of(
        file(
            "quick start",
            List.of("gpt-3.5-turbo"),
            List.of("(gpt-azure, azure/my-deployment): left out", "master_key: make keys"),
            """
            model_list:
              - model_name: gpt-3.5-turbo
                litellm_params:
                  model: gpt-3.5-turbo
                  api_key: "os.environ/OPENAI_API_KEY"
              - model_name: gpt-azure
                litellm_params:
                  model: azure/my-deployment
                  api_base: os.environ/AZURE_API_BASE
                  api_key: "os.environ/AZURE_API_KEY"
                  api_version: "2025-01-01-preview"
            general_settings:
              master_key: sk-1234
              database_url: "postgresql://user:hunter2@host/db"
            """),
        file(
            "load balancing",
            List.of("llama", "gpt-4o"),
            List.of(
                "redis_host: os.environ/REDIS_HOST: left out", "strategy least-busy would choose"),
            """
            model_list:
              - model_name: llama
                litellm_params: { model: hosted_vllm/meta-llama/Llama-3.1-70B, api_base: "http://gpu-1:8000/v1", rpm: 60 }
              - model_name: llama
                litellm_params: { model: hosted_vllm/meta-llama/Llama-3.1-70B, api_base: "http://gpu-2:8000/v1", rpm: 30 }
              - model_name: gpt-4o
                litellm_params: { model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY }
                model_info: { id: abc, base_model: openai/gpt-4o }
            router_settings:
              routing_strategy: usage-based-routing-v2
              redis_host: os.environ/REDIS_HOST
              redis_password: os.environ/REDIS_PASSWORD
              num_retries: 2
              timeout: 30
              fallbacks: [ { "llama": ["gpt-4o"] } ]
            """),
        file(
            "reliability",
            List.of("zephyr-beta", "gpt-3.5-turbo"),
            List.of("context_window_fallbacks: no counterpart", "cache_params.type"),
            """
            model_list:
              - model_name: zephyr-beta
                litellm_params: { model: openai/zephyr-beta, api_base: "http://0.0.0.0:8001", api_key: none }
              - model_name: zephyr-beta
                litellm_params: { model: openai/zephyr-beta, api_base: "http://0.0.0.0:8002", api_key: none }
              - model_name: gpt-3.5-turbo
                litellm_params: { model: gpt-3.5-turbo, api_key: os.environ/OPENAI_API_KEY }
            litellm_settings:
              num_retries: 3
              request_timeout: 10
              fallbacks: [{"zephyr-beta": ["gpt-3.5-turbo"]}]
              context_window_fallbacks: [{"zephyr-beta": ["gpt-3.5-turbo"]}]
              allowed_fails: 3
              cache: true
              cache_params: { type: redis, host: localhost, port: 6379, ttl: 600 }
              success_callback: ["langfuse"]
            """),
        file(
            "wildcards and every kind of provider",
            List.of("claude", "bedrock", "deepseek", "mistral-small", "own"),
            List.of("(*, openai/*): left out", "mode embedding"),
            """
            model_list:
              - { model_name: "*", litellm_params: { model: "openai/*", api_key: os.environ/OPENAI_API_KEY } }
              - { model_name: claude, litellm_params: { model: anthropic/claude-sonnet-4-5, api_key: os.environ/A } }
              - { model_name: bedrock, litellm_params: { model: bedrock/converse/x, aws_region_name: us-east-1 } }
              - { model_name: embed, litellm_params: { model: openai/text-embedding-3-large } }
              - { model_name: deepseek, litellm_params: { model: deepseek/deepseek-chat, api_key: os.environ/D, max_retries: 2, stream_timeout: 5 } }
              - { model_name: mistral-small, litellm_params: { model: mistral/mistral-small-latest, order: 1, tags: [free] } }
              - { model_name: own, litellm_params: { model: openai/own, litellm_credential_name: prod } }
            credential_list:
              - credential_name: prod
                credential_values: { api_base: "https://own.example/v1", api_key: os.environ/OWN }
                credential_info: { description: ours }
            litellm_settings: { max_budget: 100, budget_duration: 30d, drop_params: true, set_verbose: false }
            """),
        file(
            "one setting of each that is odd",
            List.of("a"),
            List.of("router_settings: none: left out", "x-shared: no counterpart"),
            """
            x-shared: &shared { api_key: os.environ/K, timeout: 5 }
            model_list:
              - model_name: a
                litellm_params: { <<: *shared, model: openai/gpt-4o }
            router_settings: none
            litellm_settings:
            general_settings: []
            """));
  }

  @ParameterizedTest
  @MethodSource("files")
  void file_becomesASoundConfig_andNamesWhatIsLost(
      List<String> models, List<String> notes, String yaml) {
    Migrated migrated = LiteLlmConfig.read(yaml);
    GatewayConfig config = Configs.load(migrated.yaml());
    Configs.catalog(config);
    assertThat(config.models()).containsOnlyKeys(models);
    String said = String.join("\n", migrated.notes());
    assertThat(said).contains(notes).doesNotContain("sk-1234", "hunter2");
    assertThat(migrated.yaml()).doesNotContain("sk-1234", "hunter2");
  }
}
