package dev.drover.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.LimitsConfig;
import dev.drover.config.schema.ModelConfig;
import dev.drover.config.schema.PriceConfig;
import dev.drover.config.schema.ProviderConfig;
import dev.drover.config.schema.TargetConfig;
import dev.drover.testing.Configs;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiteLlmConfigTest {
  private static final String PROXY =
      """
      model_list:
        - model_name: gpt-4o
          litellm_params: { model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY, rpm: 500, tpm: 100000, weight: 9, timeout: 20 }
        - model_name: gpt-4o
          litellm_params: { model: gpt-4o, api_base: https://eu.example/v1, api_key: os.environ/EU_KEY, max_parallel_requests: 5 }
        - model_name: cheap
          litellm_params: { model: deepseek/deepseek-chat, api_key: sk-plain, input_cost_per_token: 0.00000028, output_cost_per_token: 4.2e-07, stream_timeout: 5 }
        - model_name: claude
          litellm_params: { model: nobody/claude-sonnet-4-5 }
        - model_name: own
          litellm_params: { model: hosted_vllm/llama, api_base: http://vllm.internal:8000/v1 }
          model_info: { input_cost_per_token: 0 }
      router_settings:
        routing_strategy: simple-shuffle
        num_retries: 2
        allowed_fails: 3
        cooldown_time: 30
        model_group_alias: { gpt-4: gpt-4o, lost: nothing }
        redis_host: redis
      litellm_settings:
        fallbacks: [ { gpt-4o: [cheap] } ]
        request_timeout: 45
        drop_params: true
        cache: true
        cache_params: { type: redis, ttl: 600 }
      general_settings: { master_key: sk-1234 }
      environment_variables: { A: b }
      """;

  private static TargetConfig target(GatewayConfig config, String name) {
    return Objects.requireNonNull(config.targets().get(name));
  }

  private static ModelConfig model(GatewayConfig config, String name) {
    return Objects.requireNonNull(config.models().get(name));
  }

  private static LimitsConfig limits(TargetConfig target) {
    return Objects.requireNonNull(target.limits());
  }

  private static PriceConfig price(TargetConfig target) {
    return Objects.requireNonNull(target.price());
  }

  @Test
  void proxyConfig_becomesASoundConfig() {
    Migrated migrated = LiteLlmConfig.read(PROXY);
    GatewayConfig config = Configs.load(migrated.yaml());
    assertThat(config.providers())
        .containsOnlyKeys("openai", "openai-2", "deepseek", "hosted_vllm");
    assertThat(
            Objects.requireNonNull(config.providers().get("openai")).credentials().getFirst().env())
        .isEqualTo("OPENAI_API_KEY");
    TargetConfig target = target(config, "gpt-4o");
    assertThat(target.timeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(limits(target).requestsPerMinute()).isEqualTo(500);
    assertThat(price(target).input()).as("from the price list").isEqualByComparingTo("2.5");
    assertThat(limits(target(config, "gpt-4o-2")).inFlight()).isEqualTo(5);
    assertThat(price(target(config, "deepseek-chat")).output()).isEqualByComparingTo("0.42");
    ModelConfig model = model(config, "gpt-4o");
    assertThat(model.targets()).containsExactly("gpt-4o", "gpt-4o-2", "deepseek-chat");
    assertThat(model.strategy()).isEqualTo("weighted");
    assertThat(model.weights()).containsEntry("gpt-4o", 9).containsEntry("deepseek-chat", 0);
    assertThat(model.aliases()).containsExactly("gpt-4");
    assertThat(model.maxAttempts()).isEqualTo(3);
    assertThat(model.timeout()).isEqualTo(Duration.ofSeconds(45));
    assertThat(Objects.requireNonNull(model.cache()).ttl()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.health().failuresInRow()).isEqualTo(4);
    assertThat(config.health().openFor()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void whatHasNoCounterpart_isListed_andNoSecretIsTakenOver() {
    Migrated migrated = LiteLlmConfig.read(PROXY);
    assertThat(migrated.notes())
        .anySatisfy(n -> assertThat(n).startsWith("model_list[3] (claude, nobody/"))
        .anySatisfy(n -> assertThat(n).startsWith("model_list[2].api_key: a secret"))
        .anySatisfy(n -> assertThat(n).startsWith("model_list[2].litellm_params.stream_timeout"))
        .anySatisfy(n -> assertThat(n).startsWith("litellm_settings.drop_params"))
        .anySatisfy(n -> assertThat(n).startsWith("general_settings.master_key"))
        .anySatisfy(n -> assertThat(n).startsWith("environment_variables"))
        .anySatisfy(n -> assertThat(n).startsWith("model_group_alias: lost"))
        .noneSatisfy(n -> assertThat(n).contains("sk-"));
    assertThat(migrated.yaml()).doesNotContain("sk-");
  }

  @Test
  void whatIsNoNumber_orHoldsAPassword_isListed_andTheRestTaken() {
    Migrated migrated =
        LiteLlmConfig.read(
            """
            model_list:
              - model_name: a
                litellm_params:
                  model: gpt-4o
                  api_base: https://user:hunter2@eu.example/v1
                  rpm: abc
                  tpm: "5000"
                  max_parallel_requests: 0
                  timeout: 0.5
                  weight: -1
                  input_cost_per_token: os.environ/PRICE
              - model_name: %s
                litellm_params: { model: "openai/%s", timeout: soon }
            """
                .formatted("b", "x".repeat(100)));
    GatewayConfig config = Configs.load(migrated.yaml());
    assertThat(config.providers().values())
        .extracting(ProviderConfig::baseUrl)
        .containsExactly("https://eu.example/v1", "https://api.openai.com/v1");
    TargetConfig target = target(config, "gpt-4o");
    assertThat(target.timeout()).isEqualTo(Duration.ofMillis(500));
    assertThat(limits(target).tokensPerMinute()).isEqualTo(5000);
    assertThat(limits(target).requestsPerMinute()).isNull();
    assertThat(limits(target).inFlight()).isNull();
    assertThat(model(config, "b").targets()).hasSize(1);
    assertThat(migrated.notes())
        .contains(
            "model_list[0].rpm: abc: left out (expected: a number)",
            "model_list[0].max_parallel_requests: 0: left out (expected: more than 0)",
            "model_list[0].weight: -1: left out (expected: more than 0)",
            "model_list[0].input_cost_per_token: os.environ/PRICE: left out (expected: a number)",
            "model_list[1].timeout: soon: left out (expected: a number)")
        .anySatisfy(note -> assertThat(note).startsWith("model_list[0].api_base: an address"))
        .noneSatisfy(note -> assertThat(note).contains("hunter2"));
    assertThat(migrated.yaml()).doesNotContain("hunter2");
  }

  @Test
  void shortTimeoutOfAll_leavesRoomForASecondAttempt_andNamesThatCannotBeAreListed() {
    Migrated migrated =
        LiteLlmConfig.read(
            """
            model_list:
              - model_name: gpt-4o
                litellm_params: { model: gpt-4o }
              - model_name: gpt-4o
                litellm_params: { model: openai/gpt-4o-mini, timeout: 5 }
              - model_name: mistral large
                litellm_params: { model: mistral/mistral-large-latest }
              - model_name: lost
            router_settings: { timeout: 30 }
            """);
    GatewayConfig config = Configs.load(migrated.yaml());
    assertThat(model(config, "gpt-4o").timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(target(config, "gpt-4o").timeout()).isEqualTo(Duration.ofSeconds(15));
    assertThat(target(config, "gpt-4o-mini").timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(migrated.notes())
        .contains(
            "targets.gpt-4o.timeout: 15s of 30s for all attempts together",
            "model_list[3] (lost, ): left out: no litellm_params.model")
        .anySatisfy(
            note ->
                assertThat(note)
                    .startsWith(
                        "model_list[2] (mistral large, mistral/mistral-large-latest): left out: model_name: expected"));
  }

  @Test
  void aliasesAndMergeKeys_areWhatTheyStandFor() {
    Migrated migrated =
        LiteLlmConfig.read(
            """
            x-azure: &shared { api_base: "https://eu.example/v1", timeout: 20, released: 2026-01-02 }
            model_list:
              - model_name: a
                litellm_params: { <<: *shared, model: openai/one, input_cost_per_token: 0.00000123456789, output_cost_per_token: 2e-6 }
              - model_name: b
                litellm_params: { <<: *shared, model: openai/two, timeout: 5 }
            """);
    assertThat(migrated.yaml())
        .contains("https://eu.example/v1", "1.23456789", "20s", "5s")
        .containsPattern("output: 2\\b");
  }

  @Test
  void manyMerges_areNoAttack_butManyTimesManyAre() {
    String each = "  - { model_name: m, litellm_params: { <<: *s, model: openai/one } }\n";
    assertThat(LiteLlmConfig.read("x: &s { timeout: 20 }\nmodel_list:\n" + each.repeat(200)).yaml())
        .contains("20s");
    StringBuilder bomb = new StringBuilder("a0: &a0 [ x, x, x ]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [ *a%d, *a%d, *a%d ]\n".formatted(i, i, i - 1, i - 1, i - 1));
    }
    assertThatThrownBy(() -> LiteLlmConfig.read(bomb.toString()))
        .hasMessageContaining("more than 1000000 values");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secret-1: &a [ *a ]",
        "secret-1: *secret-1",
        "secret-1: !secret-1 x",
        "[ secret-1, { a: secret-1, a: 2 } ]",
        "- secret-1",
        "secret-1",
        "model_list: [ secret-1 ",
        "secret-1: @secret-1",
        "a: !!java.net.URL [ \"http://secret-1\" ]",
        "a: !!int secret-1",
        "a: !!float [ secret-1 ]",
        "a: !!binary secret-1-",
        "a: !!timestamp { secret-1: 1 }",
        "a: secret-1\n---\nb: 1",
        "",
      })
  void documentThatIsNone_isRefused_inFewWords_withoutWhatIsInIt(String yaml) {
    assertThatThrownBy(() -> LiteLlmConfig.read(yaml))
        .isInstanceOfSatisfying(
            UncheckedIOException.class,
            e -> assertThat(e).cause().message().doesNotContain("secret-1").hasSizeLessThan(120));
  }

  @Test
  void configWithNothingToTakeOver_isSaidToHaveNothing() {
    assertThatThrownBy(() -> LiteLlmConfig.read("model_list: none"))
        .hasMessageContaining("model_list: nothing to take over (expected: deployments)");
  }
}
