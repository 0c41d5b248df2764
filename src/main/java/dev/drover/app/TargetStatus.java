package dev.drover.app;

import dev.drover.catalog.Model;
import dev.drover.catalog.Target;
import dev.drover.credential.CredentialPool;
import dev.drover.state.Switches;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Reports the models, providers and targets of the ruleset in force, and which targets get
 * requests. Thread-safe.
 */
record TargetStatus(Rulesets rulesets, Switches switches) {
  /** The targets by name, and why each gets no requests; empty: it does. */
  Map<String, String> targets() {
    Map<String, String> targets = new TreeMap<>();
    for (Target target : all()) {
      boolean provider = switches.off().contains(Switches.provider(target.provider().name()));
      targets.put(
          target.name(),
          !target.enabled()
              ? "enabled: false in the config"
              : provider
                  ? "its provider is switched off"
                  : switches.isOff(target) ? "switched off" : credential(target));
    }
    return targets;
  }

  private static String credential(Target target) {
    CredentialPool credentials = target.provider().credentials();
    if (!credentials.unusable()) {
      return "";
    }
    return credentials.renews() ? "its credential is not ready" : "it has no credential";
  }

  /** The names of those that get requests. */
  Set<String> asked() {
    return all().stream()
        .filter(target -> target.enabled() && !switches.isOff(target))
        .map(Target::name)
        .collect(Collectors.toSet());
  }

  /** The names of models. */
  Collection<String> models() {
    return rulesets.current().catalog().models().stream().map(Model::name).distinct().toList();
  }

  /** The names of the targets' providers. */
  Collection<String> providers() {
    return all().stream().map(target -> target.provider().name()).distinct().toList();
  }

  private Collection<Target> all() {
    return rulesets.current().catalog().targets();
  }
}
