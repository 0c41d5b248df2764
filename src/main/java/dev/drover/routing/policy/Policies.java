package dev.drover.routing.policy;

import dev.cel.runtime.CelEvaluationException;
import dev.drover.config.schema.PolicyConfig;
import dev.drover.config.schema.PolicyLanguage;
import dev.drover.types.NanoDollars;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules in order; the first whose condition holds decides. Immutable, thread-safe. */
public final class Policies {
  /**
   * A rule.
   *
   * @param condition null: it always holds
   */
  private record Rule(String name, @Nullable Condition condition, PolicyResult policyResult) {}

  private final List<Rule> rules;

  private Policies(List<Rule> rules) {
    this.rules = rules;
  }

  /** Compiles rules that were checked. */
  public static Policies compile(List<PolicyConfig> config) {
    return new Policies(config.stream().map(Policies::rule).toList());
  }

  private static Rule rule(PolicyConfig c) {
    try {
      Condition condition =
          c.when() == null ? null : Conditions.compile(PolicyLanguage.compile(c.when()));
      return new Rule(c.name(), condition, verdict(c));
    } catch (CelEvaluationException e) {
      throw new IllegalStateException("policy " + c.name() + ": " + e.getMessage(), e);
    }
  }

  private static PolicyResult verdict(PolicyConfig c) {
    return new PolicyResult(
        c.name(),
        c.allowModels() == null ? null : Set.copyOf(c.allowModels()),
        Set.copyOf(c.denyModels()),
        c.allowTargets() == null ? null : Set.copyOf(c.allowTargets()),
        Set.copyOf(c.denyTargets()),
        c.strategy(),
        c.maxCostUsd() == null ? null : NanoDollars.ofUsd(c.maxCostUsd()),
        c.maxAttempts() == null ? Integer.MAX_VALUE : c.maxAttempts(),
        PolicyResult.OnWishes.valueOf(c.wishes().toUpperCase(Locale.ROOT)),
        c.explain(),
        c.cache(),
        c.traceContent(),
        c.tags());
  }

  /**
   * Returns the result of the first rule whose condition holds, or one that allows everything.
   *
   * @throws PolicyFailure when a condition cannot be decided for it
   */
  public PolicyResult judge(Facts request) {
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      if (rule.condition == null || holds(rule, rule.condition, request)) {
        return rule.policyResult;
      }
    }
    return PolicyResult.OPEN;
  }

  private static boolean holds(Rule rule, Condition condition, Facts request) {
    try {
      return condition.holds(request);
    } catch (CelEvaluationException e) {
      throw new PolicyFailure(rule.name, e);
    }
  }
}
