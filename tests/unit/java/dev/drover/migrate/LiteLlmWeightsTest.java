package dev.drover.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testing.Configs;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shares of a group's deployments, as LiteLLM's simple shuffle has them. */
class LiteLlmWeightsTest {
  private static Migrated read(String each) {
    StringBuilder list = new StringBuilder("model_list:\n");
    for (String params : each.split(" / ", -1)) {
      list.append(
          "- { model_name: m, litellm_params: { model: openai/t%d, %s } }\n"
              .formatted(list.toString().lines().count(), params.strip()));
    }
    return LiteLlmConfig.read(list.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "weight: 0.4 / weight: 0.6, 2 3",
    "weight: 0.9 / weight: 0.1, 9 1",
    "weight: 9 / x: y, 9 0",
    "weight: 3 / weight: 1 / weight: 0, 3 1 0",
    "weight: \"3\" / weight: 1, 3 1",
    "weight: 5000000000 / weight: 2500000000, 2 1",
    "rpm: 900 / rpm: 100, 900 100",
    "rpm: 900 / x: y, 900 0",
    "rpm: 6000 / rpm: 3000, 2 1",
    "'weight: 1, rpm: 900 / weight: 3, rpm: 100', 1 3",
    "tpm: 5000000000 / tpm: 10000000000, 1 2",
    "'rpm: 10, tpm: 1 / tpm: 2', 10 0",
    "weight: 0 / weight: 0, 1 1",
    "'weight: 0, rpm: 1 / weight: 0, rpm: 2', 1 2",
    "weight: os.environ/W / weight: 2, 0 2",
    "weight: -1 / weight: 2, 0 2",
    "x: y / x: y, 1 1",
    "weight: 7 / weight: 7, 7 7",
  })
  void shares_areWeights_elseRpm_elseTpm_andNothingForThoseWithoutBesideOthers(
      String given, String expected) {
    var model = Objects.requireNonNull(Configs.load(read(given).yaml()).models().get("m"));
    List<String> found = new ArrayList<>();
    for (String target : model.targets()) {
      found.add(String.valueOf(model.weights().getOrDefault(target, 1)));
    }
    assertThat(String.join(" ", found)).isEqualTo(expected);
    assertThat(model.strategy()).isEqualTo("weighted");
  }

  @ParameterizedTest
  @CsvSource({
    "weight: 9 / x: y, 'models.m.weights.t2: no weight beside those of others: 0'",
    "rpm: 9 / x: y, 'models.m.weights.t2: no rpm beside those of others: 0'",
    "weight: 0.0000001 / weight: 1, 'models.m.weights: by weight, not quite in proportion'",
    "weight: os.environ/W / weight: 2, 'model_list[0].weight: os.environ/W: left out'",
    "weight: -1 / weight: 2, 'model_list[0].weight: -1: left out (expected: more than 0)'",
    "tpm: 5000000000 / tpm: 1, 'model_list[0].tpm: 5000000000: left out'",
  })
  void shareThatChanges_isNoted(String given, String note) {
    assertThat(String.join("\n", read(given).notes())).contains(note);
  }
}
