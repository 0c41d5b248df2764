package dev.drover.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Model;
import dev.drover.catalog.Target;
import dev.drover.config.schema.ModelConfig;
import dev.drover.testing.Configs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Retries and fallbacks: LiteLLM counts tries within a group, and the fallbacks come after them.
 */
class LiteLlmFallbacksTest {
  private static String deployments(String group, int count) {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < count; i++) {
      list.append(
          "- { model_name: %s, litellm_params: { model: openai/%s-%d, api_base: \"https://h/v1\" } }\n"
              .formatted(group, group, i));
    }
    return list.toString();
  }

  private static Migrated read(String deployments, String settings) {
    return LiteLlmConfig.read("model_list:\n" + deployments + settings);
  }

  private static ModelConfig model(Migrated migrated, String name) {
    return Objects.requireNonNull(Configs.load(migrated.yaml()).models().get(name));
  }

  /** Whichever of its own targets goes first, and in whatever order they are ranked. */
  @ParameterizedTest
  @ValueSource(strings = {"", "0", "1", "2", "3", "12", "\"3\"", "os.environ/N", "-1"})
  void fallback_isReached_whateverTheRetries_andHoweverManyTargets(String retries) {
    String given =
        retries.isEmpty() ? "" : "router_settings: { num_retries: %s }\n".formatted(retries);
    for (int own = 1; own <= 8; own++) {
      for (int others = 1; others <= 3; others++) {
        Migrated migrated =
            read(
                deployments("smart", own) + deployments("backup", others),
                given + "litellm_settings: { fallbacks: [ { smart: [backup] } ] }");
        Catalog catalog = Configs.catalog(Configs.load(migrated.yaml()));
        checkReached(Objects.requireNonNull(catalog.model("smart")), own);
      }
    }
  }

  private static void checkReached(Model model, int own) {
    List<Integer> mine = new ArrayList<>();
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < model.targets().size(); i++) {
      boolean isMine = model.targets().get(i).name().startsWith("smart");
      (isMine ? mine : others).add(i);
    }
    assertThat(mine).hasSize(own);
    Random random = new Random(own);
    for (int shuffle = 0; shuffle < 30; shuffle++) {
      Collections.shuffle(mine, random);
      List<Integer> ranked = new ArrayList<>(mine);
      ranked.addAll(others);
      int[] places = ranked.stream().mapToInt(Integer::intValue).toArray();
      assertThat(model.plans().plan(places, places.length).targets())
          .extracting(Target::name)
          .as("%s of %s", ranked, model.targets().stream().map(Target::name).toList())
          .anyMatch(name -> name.startsWith("backup"))
          .first()
          .asString()
          .startsWith("smart");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2, 3, 2 of its own targets are tried before a fallback",
    "1, 2, 3, ''",
    "2, 2, 3, fewer than 3 targets",
    "4, 2, 3, fewer than 5 targets",
    "12, 2, 3, '12: 4 instead (expected: at most 4)'",
    "2, 5, 5, 6 targets, of which 5 are tried at most",
  })
  void attempts_areThoseOfTheGroup_andOneOfTheFallback_andWhatDiffersIsNoted(
      String retries, int own, int attempts, String note) {
    Migrated migrated =
        read(
            deployments("smart", own) + deployments("backup", 1),
            "router_settings: { num_retries: %s, fallbacks: [ { smart: [backup] } ] }"
                .formatted(retries));
    assertThat(model(migrated, "smart").maxAttempts()).isEqualTo(attempts);
    assertThat(String.join("\n", migrated.notes())).contains(note);
  }

  @Test
  void groupWithoutFallback_getsItsRetries_orDroversOwnNumber() {
    assertThat(
            model(read(deployments("a", 3), "router_settings: { num_retries: 1 }"), "a")
                .maxAttempts())
        .isEqualTo(2);
    assertThat(model(read(deployments("a", 3), ""), "a").maxAttempts()).isEqualTo(3);
  }

  @Test
  void fallbacksOfFallbacks_andGeneralOnes_followInOrder_eachOnce() {
    Migrated migrated =
        read(
            deployments("a", 1) + deployments("b", 2) + deployments("c", 1) + deployments("d", 1),
            """
            router_settings:
              fallbacks: [ { a: [ { model: also-b }, d ] }, { b: [c] }, { c: [a] }, { lost: [a] }, { d: [nobody] } ]
              default_fallbacks: [c]
              model_group_alias: { also-b: b }
            litellm_settings: { fallbacks: [ { a: [c] } ] }
            """);
    assertThat(model(migrated, "a").targets()).containsExactly("a-0", "b-0", "b-1", "c-0", "d-0");
    assertThat(model(migrated, "a").strategy()).isEqualTo("priority");
    assertThat(model(migrated, "b").targets()).containsExactly("b-0", "b-1", "c-0", "a-0", "d-0");
    assertThat(model(migrated, "b").weights())
        .containsEntry("c-0", 0)
        .containsEntry("a-0", 0)
        .doesNotContainKey("b-0");
    assertThat(model(migrated, "d").targets()).containsExactly("d-0");
    assertThat(migrated.notes())
        .contains(
            "router_settings.fallbacks: from lost: no such model",
            "router_settings.fallbacks: d to nobody: no such model",
            "litellm_settings.fallbacks: not used: router_settings.fallbacks goes first");
  }

  @Test
  void generalFallbacks_areForGroupsWithoutTheirOwn() {
    Migrated migrated =
        read(
            deployments("a", 1) + deployments("b", 1) + deployments("c", 1),
            "litellm_settings: { default_fallbacks: [c], fallbacks: [ { b: [] } ] }");
    assertThat(model(migrated, "a").targets()).containsExactly("a-0", "c-0");
    assertThat(model(migrated, "b").targets()).containsExactly("b-0");
    assertThat(model(migrated, "c").targets()).containsExactly("c-0");
  }

  @ParameterizedTest
  @CsvSource({
    "'fallbacks: a', 'router_settings.fallbacks: a: left out'",
    "'fallbacks: [ a ]', 'router_settings.fallbacks: a: left out'",
    "'fallbacks: [ { a: b } ]', 'router_settings.fallbacks.a: b: left out'",
    "'default_fallbacks: b', 'router_settings.default_fallbacks.*: b: left out'",
    "'fallbacks: [ { a: [ 5, null, [b] ] } ]', 'a to 5: no such model'",
    "'model_group_alias: [a]', 'router_settings.model_group_alias: a list: left out'",
    "'model_group_alias: { x: [a] }', 'model_group_alias.x: a list: left out'",
    "'model_group_alias: { x: nobody }', 'model_group_alias: x for nobody: no such model'",
    "'model_group_alias: { \"x y\": a }', 'model_group_alias: x y for a: left out'",
    "'model_group_alias: { b: a }', 'model_group_alias: b for a: left out'",
    "'model_group_alias: { default: a }', 'default for a: in Drover this is the model'",
  })
  void fallbackOrAliasOfAnotherShape_isNoted(String setting, String note) {
    Migrated migrated =
        read(
            deployments("a", 1) + deployments("b", 1),
            "router_settings: { %s }".formatted(setting));
    Configs.load(migrated.yaml());
    assertThat(String.join("\n", migrated.notes())).contains(note);
  }
}
