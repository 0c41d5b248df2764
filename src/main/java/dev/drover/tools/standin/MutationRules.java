package dev.drover.tools.standin;

import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutationRules;
import java.util.Set;

/**
 * Decides which headers an ext_proc server may change; the order of the checks is Envoy's.
 * Immutable.
 */
record MutationRules(HeaderMutationRules rules) {
  private static final Set<String> ROUTING = Set.of("host", ":authority", ":scheme", ":method");

  boolean allows(String name) {
    if (rules.hasDisallowExpression() && name.matches(rules.getDisallowExpression().getRegex())) {
      return false;
    }
    if (rules.hasAllowExpression() && name.matches(rules.getAllowExpression().getRegex())) {
      return true;
    }
    if (rules.getDisallowAll().getValue()) {
      return false;
    }
    if (name.startsWith("x-envoy-") && !rules.getAllowEnvoy().getValue()) {
      return false;
    }
    boolean system = name.startsWith(":") || name.equals("host");
    if (system && rules.getDisallowSystem().getValue()) {
      return false;
    }
    return !ROUTING.contains(name) || rules.getAllowAllRouting().getValue();
  }

  boolean disallowedIsError() {
    return rules.getDisallowIsError().getValue();
  }
}
