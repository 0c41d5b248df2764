package dev.drover.dialect;

import dev.drover.json.Json;
import dev.drover.json.Yaml;
import dev.drover.types.Bytes;
import dev.drover.types.NamePatterns;
import java.util.List;

/**
 * Holds the wishes of single models for a request, which their API does not say. The rules are
 * data, in {@code model-rules.yaml}, each with its source and the day it was read. Immutable,
 * thread-safe.
 *
 * @param adaptiveOnly whether thinking is asked for by an effort only, never by a budget
 * @param refusesSampling whether temperature, top_p and top_k are refused
 * @param efforts the efforts of reasoning that the model takes, least first; none: it takes none
 * @param completionTokens whether the bound on output is called {@code max_completion_tokens}
 * @param refusesStop whether texts that end the response are refused
 * @param oneSampling whether temperature and top_p are refused together
 * @param noSchema whether a schema for the response is refused
 * @param thinkingBudget whether Gemini's thinking is bounded by tokens rather than by a level
 * @param reasoningHistory whether thoughts of earlier turns are sent back
 */
public record ModelRules(
    boolean adaptiveOnly,
    boolean refusesSampling,
    List<String> efforts,
    boolean completionTokens,
    boolean refusesStop,
    boolean oneSampling,
    boolean noSchema,
    boolean thinkingBudget,
    boolean reasoningHistory) {
  private static final List<String> SCALE =
      List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");

  private static final List<Rule> RULES = load();

  /** A rule and the models that it is for. */
  private record Rule(NamePatterns models, Json sets) {}

  private static List<Rule> load() {
    String file = Yaml.resource(ModelRules.class, "model-rules.yaml");
    return Json.parse(Bytes.utf8(Yaml.toJson(file))).get("rules").elements().stream()
        .map(rule -> new Rule(NamePatterns.of(texts(rule.get("models"))), rule.get("set")))
        .toList();
  }

  private static List<String> texts(Json list) {
    return list.elements().stream().map(Json::text).toList();
  }

  /**
   * Returns the rules for a model.
   *
   * @param model the provider's name for it; a path or a region before it does not count
   */
  public static ModelRules of(String model) {
    String name = model.substring(model.lastIndexOf('/') + 1);
    String bare = name.replaceFirst("^(?:[a-z]+\\.)?anthropic\\.", "");
    List<Json> all =
        RULES.stream().filter(rule -> rule.models().has(bare)).map(Rule::sets).toList();
    return new ModelRules(
        isSet(all, "adaptive_only"),
        isSet(all, "refuses_sampling"),
        all.stream()
            .map(each -> each.get("efforts"))
            .filter(Json::isArray)
            .findFirst()
            .map(ModelRules::texts)
            .orElse(List.of()),
        isSet(all, "completion_tokens"),
        isSet(all, "refuses_stop"),
        isSet(all, "one_sampling"),
        isSet(all, "no_schema"),
        isSet(all, "thinking_budget"),
        isSet(all, "reasoning_history"));
  }

  private static boolean isSet(List<Json> rules, String name) {
    return rules.stream()
        .map(each -> each.get(name))
        .filter(each -> !each.isNothing())
        .findFirst()
        .map(Json::isTrue)
        .orElse(false);
  }

  /**
   * Returns the effort that the model takes in place of one that is asked for: the same, else the
   * nearest one below it, else its least; empty when the model takes none.
   */
  public String effort(String asked) {
    int wanted = SCALE.indexOf(asked);
    String found = efforts.isEmpty() ? "" : efforts.getFirst();
    for (String effort : efforts) {
      if (SCALE.indexOf(effort) <= wanted) {
        found = effort;
      }
    }
    return found;
  }
}
