package dev.drover.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.BudgetConfig;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.LimitsConfig;
import dev.drover.config.schema.ModelConfig;
import dev.drover.config.schema.PriceConfig;
import dev.drover.config.schema.TargetConfig;
import dev.drover.testing.Configs;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers, times and budgets: taken over as they are, or changed with a note. */
class LiteLlmValuesTest {
  private static Migrated read(String params, String more) {
    return LiteLlmConfig.read(
        "model_list: [ { model_name: m, litellm_params: { model: openai/gpt-4o, %s } } ]\n%s"
            .formatted(params, more));
  }

  private static Migrated settings(String router, String general) {
    return read(
        "drop: x", "router_settings: { %s }\nlitellm_settings: { %s }".formatted(router, general));
  }

  private static TargetConfig target(Migrated migrated) {
    return Objects.requireNonNull(Configs.load(migrated.yaml()).targets().get("gpt-4o"));
  }

  private static ModelConfig model(Migrated migrated) {
    return Objects.requireNonNull(Configs.load(migrated.yaml()).models().get("m"));
  }

  private static void assertNoted(Migrated migrated, String note) {
    assertThat(migrated.notes()).contains(note);
    assertThat(migrated.yaml()).contains("# - " + note + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "500, 500",
    "'\"500\"', 500",
    "'\" 500 \"', 500",
    "500.0, 500",
    "'\"5e2\"', 500",
    "2000000000, 2000000000",
    "os.environ/SET, 77",
  })
  void number_isTakenOver_howeverItIsWritten(String given, int expected) {
    Migrated migrated = read("tpm: " + given, "environment_variables: { SET: 77 }");
    LimitsConfig limits = Objects.requireNonNull(target(migrated).limits());
    assertThat(limits.tokensPerMinute()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "5000000000, 'a whole number from 1 to 2000000000'",
    "99999999999999999999999999, 'a whole number from 1 to 2000000000'",
    "1E+400, a number",
    "1E+999999999, a number",
    "0, more than 0",
    "-5, more than 0",
    "0.5, 'a whole number from 1 to 2000000000'",
    "os.environ/TPM, a number",
    "many, a number",
  })
  void numberThatCannotBe_isLeftOut_neverAnotherOne(String given, String expected) {
    Migrated migrated = read("tpm: " + given, "");
    assertThat(target(migrated).limits()).isNull();
    assertNoted(
        migrated, "model_list[0].tpm: %s: left out (expected: %s)".formatted(given, expected));
  }

  @Test
  void partOfANumber_isNoted() {
    Migrated migrated = read("max_parallel_requests: 2.5", "");
    assertThat(Objects.requireNonNull(target(migrated).limits()).inFlight()).isEqualTo(2);
    assertNoted(
        migrated, "model_list[0].max_parallel_requests: 2.5: 2 instead (expected: a whole number)");
  }

  @ParameterizedTest
  @CsvSource({
    "900, 900s, ''",
    "0.5, 500ms, ''",
    "'\"30\"', 30s, ''",
    "0.01, 100ms, '0.01: 100ms instead (expected: seconds, from 100ms to 1h)'",
    "7200, 3600s, '7200: 3600s instead (expected: seconds, from 100ms to 1h)'",
    "0.0005, 100ms, '0.0005: 100ms instead (expected: seconds, from 100ms to 1h)'",
    "99999999999999999999, 3600s, '99999999999999999999: 3600s instead (expected: seconds, from 100ms to 1h)'",
  })
  void cooldown_passesCheck_andNeverGrows(String given, String expected, String note) {
    Migrated migrated = settings("cooldown_time: " + given, "");
    GatewayConfig config = Configs.load(migrated.yaml());
    Duration time =
        Duration.parse("PT" + expected.replace("500ms", "0.5s").replace("100ms", "0.1s"));
    assertThat(config.health().openFor()).isEqualTo(time);
    assertThat(config.health().openAtMost()).isEqualTo(time);
    if (!note.isEmpty()) {
      assertNoted(migrated, "router_settings.cooldown_time: " + note);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "num_retries: os.environ/N, router_settings.num_retries",
    "timeout: os.environ/N, router_settings.timeout",
    "cooldown_time: os.environ/N, router_settings.cooldown_time",
    "allowed_fails: os.environ/N, router_settings.allowed_fails",
  })
  void numberInTheEnvironment_isNoted(String setting, String path) {
    assertNoted(settings(setting, ""), path + ": os.environ/N: left out (expected: a number)");
  }

  @ParameterizedTest
  @CsvSource({"0, 1, ''", "3, 4, ''", "5000, 1000, '5000: 999 instead (expected: at most 999)'"})
  void allowedFails_areOneLessThanTheFailuresThatOpen(String given, int failures, String note) {
    Migrated migrated = settings("allowed_fails: " + given, "");
    assertThat(Configs.load(migrated.yaml()).health().failuresInRow()).isEqualTo(failures);
    if (!note.isEmpty()) {
      assertNoted(migrated, "router_settings.allowed_fails: " + note);
    }
  }

  @Test
  void noTimeout_isNoted_andOneOfAllIsNotLostOnASingleTarget() {
    String note =
        "timeout: none given: LiteLLM waits 6000 s, Drover 30s for a target and 60s for all attempts";
    assertNoted(settings("", ""), note);
    Migrated given = settings("timeout: 600", "");
    assertThat(given.notes()).doesNotContain(note);
    assertThat(target(given).timeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(model(given).timeout()).isEqualTo(Duration.ofMinutes(10));
    Migrated own = read("timeout: 300", "");
    assertThat(own.notes()).doesNotContain(note);
    assertThat(target(own).timeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(model(own).timeout()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void longTimeoutOfATarget_leavesTimeForTheOthers() {
    Migrated migrated =
        LiteLlmConfig.read(
            """
            model_list:
              - { model_name: m, litellm_params: { model: openai/gpt-4o, timeout: 300 } }
              - { model_name: m, litellm_params: { model: openai/gpt-4.1, timeout: 7200 } }
            """);
    assertThat(target(migrated).timeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(model(migrated).timeout()).isEqualTo(Duration.ofHours(1));
    assertNoted(migrated, "targets.gpt-4.1.timeout: 1800s of 3600s for all attempts together");
  }

  @ParameterizedTest
  @CsvSource({
    "30d, 100, month, 100, ''",
    "1mo, '\"100\"', month, 100, ''",
    "7d, 100, week, 100, ''",
    "1d, 0.5, day, 0.5, ''",
    "1h, 10, day, 240, '10: 240 USD a day instead (expected: at most 1000000000 a day, week, month or year)'",
    "15m, 1, day, 96, '1: 96 USD a day instead (expected: at most 1000000000 a day, week, month or year)'",
    "30s, 1, day, 2880, '1: 2880 USD a day instead (expected: at most 1000000000 a day, week, month or year)'",
    "14d, 100, week, 50, '100: 50 USD a week instead (expected: at most 1000000000 a day, week, month or year)'",
    "30d, 5000000000, month, 1000000000, '5000000000: 1000000000 USD a month instead (expected: at most 1000000000 a day, week, month or year)'",
  })
  void budgetOfAll_isOne_notOneOfEachModel(
      String duration, String most, String per, BigDecimal limit, String note) {
    Migrated migrated =
        LiteLlmConfig.read(
            """
            model_list:
              - { model_name: a, litellm_params: { model: openai/gpt-4o } }
              - { model_name: b, litellm_params: { model: openai/gpt-4.1 } }
            litellm_settings: { max_budget: %s, budget_duration: %s }
            """
                .formatted(most, duration));
    GatewayConfig config = Configs.load(migrated.yaml());
    assertThat(config.models().values()).allMatch(model -> model.budgets().isEmpty());
    BudgetConfig budget =
        Objects.requireNonNull(config.tags().get("budget=all-models")).budgets().getFirst();
    assertThat(budget.limitUsd()).isEqualByComparingTo(limit);
    assertThat(budget.per()).isEqualTo(per);
    assertThat(config.policies().getFirst().tags()).containsEntry("budget", "all-models");
    assertThat(config.policies().getFirst().when()).isNull();
    if (!note.isEmpty()) {
      assertNoted(migrated, "litellm_settings.max_budget: " + note);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'max_budget: os.environ/B', 'max_budget: os.environ/B: left out (expected: a number)'",
    "'max_budget: 0', 'max_budget: 0: left out (expected: more than 0)'",
    "'max_budget: 5', 'budget_duration: none given: a month instead (expected: a time such as 1h, 30d or 1mo)'",
    "'max_budget: 5, budget_duration: soon', 'budget_duration: soon: a month instead (expected: a time such as 1h, 30d or 1mo)'",
    "'max_budget: 5, budget_duration: os.environ/D', 'budget_duration: os.environ/D: a month instead (expected: a time such as 1h, 30d or 1mo)'",
    "'cache: os.environ/C', 'cache: os.environ/C: left out (expected: true, without quotes, as in LiteLLM)'",
    "'cache: true', 'cache_params.ttl: none given: 3600s instead (expected: a time in seconds)'",
    "'cache: true, cache_params: { ttl: 31536000 }', 'cache_params.ttl: 31536000: 2592000s instead (expected: seconds, from 1s to 720h)'",
    "'cache: true, cache_params: { type: redis }', 'cache_params.type: no counterpart'",
    "'request_timeout: os.environ/T', 'request_timeout: os.environ/T: left out (expected: a number)'",
  })
  void settingThatChanges_isNoted(String setting, String note) {
    assertNoted(settings("", setting), "litellm_settings." + note);
  }

  @Test
  void price_isExact_orTheLists_orNothingWithANote() {
    PriceConfig price =
        Objects.requireNonNull(
            target(read("input_cost_per_token: \"2.5e-06\", output_cost_per_token: 1e-05", ""))
                .price());
    assertThat(price.input()).isEqualByComparingTo("2.5");
    assertThat(price.output()).isEqualByComparingTo("10");
    Migrated half = read("input_cost_per_token: 1e-14", "");
    assertThat(Objects.requireNonNull(target(half).price()).input()).isEqualByComparingTo("1e-8");
    assertNoted(
        half,
        "model_list[0].output_cost_per_token: none given: 10 USD per million instead (expected: both prices, or none)");
    assertNoted(
        read("input_cost_per_token: -1", ""),
        "model_list[0].input_cost_per_token: -1: left out (expected: USD a token, from 0 to 1)");
    Migrated unknown =
        LiteLlmConfig.read(
            "model_list: [ { model_name: m, litellm_params: { model: openai/own } } ]");
    assertThat(unknown.notes().getFirst()).startsWith("model_list[0]: no price for own: 0");
    Migrated based =
        LiteLlmConfig.read(
            "model_list: [ { model_name: m, litellm_params: { model: openai/own }, model_info: { base_model: azure/gpt-4o } } ]");
    assertThat(Configs.load(based.yaml()).targets().get("own"))
        .extracting(TargetConfig::pricedAs)
        .isEqualTo("gpt-4o");
  }
}
