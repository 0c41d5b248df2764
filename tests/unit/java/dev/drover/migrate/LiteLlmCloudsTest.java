package dev.drover.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.ProviderConfig;
import dev.drover.config.schema.ProviderCredentialConfig;
import dev.drover.config.schema.TargetConfig;
import dev.drover.testing.Configs;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Deployments at Anthropic, Azure, Bedrock and Vertex. */
class LiteLlmCloudsTest {
  private static Migrated read(String params) {
    return LiteLlmConfig.read(
        "model_list: [ { model_name: m, litellm_params: { %s, input_cost_per_token: 1e-6, output_cost_per_token: 1e-6 } } ]"
            .formatted(params));
  }

  private static GatewayConfig config(String params) {
    Migrated migrated = read(params);
    assertThat(migrated.notes()).noneMatch(note -> note.startsWith("model_list"));
    return Configs.load(migrated.yaml());
  }

  private static ProviderConfig provider(GatewayConfig config) {
    return config.providers().values().iterator().next();
  }

  private static TargetConfig target(GatewayConfig config) {
    return config.targets().values().iterator().next();
  }

  private static ProviderCredentialConfig credential(GatewayConfig config) {
    return provider(config).credentials().getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model: anthropic/claude-x, api_key: os.environ/K | https://api.anthropic.com/v1 | claude-x
          model: anthropic/claude-x, api_base: "https://proxy.example", api_key: os.environ/K | https://proxy.example/v1 | claude-x
          model: anthropic/claude-x, api_base: "https://api.deepseek.com/anthropic", api_key: os.environ/K | https://api.deepseek.com/anthropic/v1 | claude-x
          model: anthropic/claude-x, api_base: "https://proxy.example/v1/messages", api_key: os.environ/K | https://proxy.example/v1 | claude-x
          model: azure/my-gpt, api_base: "https://r.openai.azure.com/", api_version: "2024-10-21", api_key: os.environ/K | https://r.openai.azure.com | my-gpt
          model: azure/my-gpt, api_base: "https://r.openai.azure.com", api_version: latest, api_key: os.environ/K | https://r.openai.azure.com/openai/v1 | my-gpt
          model: bedrock/anthropic.claude-x-v1:0, aws_region_name: eu-west-1 | https://bedrock-runtime.eu-west-1.amazonaws.com | anthropic.claude-x-v1:0
          model: bedrock/converse/us-east-1/amazon.nova-pro-v1:0 | https://bedrock-runtime.us-east-1.amazonaws.com | amazon.nova-pro-v1:0
          model: vertex_ai/claude-x, vertex_project: p-1, vertex_location: global | https://aiplatform.googleapis.com/v1/projects/p-1/locations/global | claude-x
          model: vertex_ai/gemini-x, vertex_project: p-1 | https://us-central1-aiplatform.googleapis.com/v1/projects/p-1/locations/us-central1 | gemini-x
          """)
  void deployment_isTakenOver(String params, String address, String model) {
    GatewayConfig config = config(params);
    assertThat(provider(config).baseUrl()).isEqualTo(address);
    assertThat(target(config).model()).isEqualTo(model);
    assertThat(Configs.catalog(config).targets()).hasSize(1);
  }

  @Test
  void azuresOlderApi_hasItsPathAndVersion() {
    ProviderConfig azure =
        provider(
            config(
                "model: azure/d, api_base: \"https://r.openai.azure.com\", api_version: \"2024-10-21\", api_key: os.environ/K"));
    assertThat(azure.apiVersion()).isEqualTo("2024-10-21");
    assertThat(azure.paths()).containsEntry("openai", "/openai/deployments/{model}");
    assertThat(azure.dialect()).containsExactly("openai");
    assertThat(azure.credentials().getFirst().env()).isEqualTo("K");
  }

  @Test
  void credentialsOfClouds_areTakenOver() {
    ProviderCredentialConfig role =
        credential(
            config(
                "model: bedrock/m.x, aws_region_name: eu-west-1, aws_role_name: \"arn:aws:iam::123456789012:role/r\", aws_web_identity_token: /var/run/token"));
    assertThat(Objects.requireNonNull(role.aws()).roleArn())
        .isEqualTo("arn:aws:iam::123456789012:role/r");
    assertThat(role.aws().webIdentity()).isEqualTo("/var/run/token");
    assertThat(
            Objects.requireNonNull(
                    credential(
                            config(
                                "model: bedrock/m.x, aws_region_name: eu-west-1, aws_profile_name: team"))
                        .aws())
                .profile())
        .isEqualTo("team");
    assertThat(
            credential(
                    config(
                        "model: bedrock/m.x, aws_region_name: eu-west-1, api_key: os.environ/AWS_BEARER_TOKEN_BEDROCK"))
                .env())
        .isEqualTo("AWS_BEARER_TOKEN_BEDROCK");
    assertThat(
            Objects.requireNonNull(
                    credential(
                            config(
                                "model: vertex_ai/gemini-x, vertex_project: p, vertex_credentials: /etc/sa.json"))
                        .google())
                .file())
        .isEqualTo("/etc/sa.json");
  }

  @Test
  void oneGatewayForTwoApis_isTwoProviders() {
    Migrated migrated =
        LiteLlmConfig.read(
            """
            model_list:
              - { model_name: a, litellm_params: { model: openai/gpt-x, api_base: "http://gw:4000", api_key: os.environ/K, input_cost_per_token: 1e-6, output_cost_per_token: 1e-6 } }
              - { model_name: b, litellm_params: { model: anthropic/claude-x, api_base: "http://gw:4000", api_key: os.environ/K, input_cost_per_token: 1e-6, output_cost_per_token: 1e-6 } }
            """);
    GatewayConfig config = Configs.load(migrated.yaml());
    assertThat(config.providers()).hasSize(2);
    assertThat(config.providers().values())
        .extracting(ProviderConfig::baseUrl)
        .containsExactlyInAnyOrder("http://gw:4000", "http://gw:4000/v1");
  }

  @Test
  void azuresSettings_thatStandElsewhere_areNoted_andTheConfigIsSound() {
    Migrated migrated =
        read(
            "model: azure/d, api_base: \"https://r.openai.azure.com\", api_version: os.environ/AZURE_API_VERSION");
    assertThat(provider(Configs.load(migrated.yaml())).baseUrl())
        .isEqualTo("https://r.openai.azure.com/openai/v1");
    assertThat(migrated.notes())
        .anyMatch(note -> note.contains("api_version"))
        .anyMatch(note -> note.contains("AZURE_API_KEY"));
  }

  @Test
  void modelsOfHosts_haveTheHostsPrice_andTheProvidersKind() {
    Migrated migrated =
        LiteLlmConfig.read(
            """
            model_list:
              - { model_name: a, litellm_params: { model: groq/openai/gpt-oss-120b } }
              - { model_name: b, litellm_params: { model: vertex_ai/claude-sonnet-4-6, vertex_project: p, vertex_location: global } }
            """);
    assertThat(migrated.notes()).noneMatch(note -> note.contains("no price"));
    GatewayConfig config = Configs.load(migrated.yaml());
    assertThat(config.targets().values())
        .allSatisfy(
            target -> assertThat(Objects.requireNonNull(target.price()).input()).isPositive());
    assertThat(Objects.requireNonNull(config.providers().get("groq")).refuses())
        .contains("logprobs");
  }

  @Test
  void redisAndSlack_areTakenOver() {
    Migrated migrated =
        LiteLlmConfig.read(
            """
            model_list: [ { model_name: m, litellm_params: { model: openai/gpt-4o } } ]
            router_settings: { redis_host: cache.internal, redis_port: 6380, redis_password: os.environ/REDIS_PASSWORD }
            general_settings: { alerting: [slack] }
            """);
    GatewayConfig config = Configs.load(migrated.yaml());
    assertThat(Objects.requireNonNull(config.redis()).url())
        .isEqualTo("redis://cache.internal:6380");
    assertThat(Objects.requireNonNull(config.redis().password()).env()).isEqualTo("REDIS_PASSWORD");
    assertThat(Objects.requireNonNull(config.alerts().webhooks().get("slack")).kind())
        .isEqualTo("slack");
    assertThat(
            LiteLlmConfig.read(
                    """
                    model_list: [ { model_name: m, litellm_params: { model: openai/gpt-4o } } ]
                    router_settings: { redis_host: h, redis_password: hunter2, redis_url: "redis://:hunter2@h" }
                    """)
                .yaml())
        .contains("redis://h:6379")
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model: bedrock/m.x | aws_region_name: : left out
          model: bedrock/m.x, aws_region_name: os.environ/R | (expected: a region
          model: bedrock/llama/arn | expected: a model of Bedrock
          model: bedrock/m.x, aws_region_name: eu-west-1, api_base: "https://x.example" | api_base
          model: vertex_ai/gemini-x | vertex_project
          model: vertex_ai/meta/llama, vertex_project: p | only Google's and Anthropic's
          model: azure/d, api_key: os.environ/K | no litellm_params.api_base
          """)
  void deploymentWithoutItsPlace_isLeftOut(String params, String note) {
    Migrated migrated = read(params);
    assertThat(migrated.yaml()).isEmpty();
    String words = note.replaceFirst("^.*: : ", "");
    assertThat(migrated.notes().getFirst()).contains("left out").contains(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model: bedrock/m.x, aws_region_name: eu-west-1, aws_access_key_id: AKIAhunter2, aws_secret_access_key: hunter2
          model: bedrock/m.x, aws_region_name: eu-west-1, api_key: hunter2
          model: bedrock/m.x, aws_region_name: eu-west-1, aws_role_name: "hunter2"
          model: vertex_ai/gemini-x, vertex_project: p, vertex_credentials: "{\\"private_key\\":\\"hunter2\\"}"
          model: azure/d, api_base: "https://r.openai.azure.com", api_key: hunter2
          model: anthropic/claude-x, api_key: hunter2
          """)
  void secretsInTheFile_areLeftBehind_withANote(String params) {
    Migrated migrated = read(params);
    assertThat(migrated.notes()).isNotEmpty().noneMatch(note -> note.contains("hunter2"));
    assertThat(migrated.yaml()).isNotEmpty().doesNotContain("hunter2");
  }
}
