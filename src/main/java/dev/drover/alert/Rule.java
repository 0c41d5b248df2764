package dev.drover.alert;

import java.time.Duration;
import java.util.Locale;

/** An alert rule and its defaults. */
public enum Rule {
  /** Share of exchanges that failed or were cut. */
  ERROR_RATE(
      0.05,
      Duration.ofMinutes(1),
      true,
      "%s of requests for model %s end without a whole answer",
      "Look at drover_attempts_total by target and outcome, then at /targets."),
  /** 99th percentile of a model's whole answers, in seconds. */
  SLOW(
      30,
      Duration.ofMinutes(5),
      false,
      "1 of 100 answers of model %2$s takes longer than %1$s",
      "Compare its targets at /targets; a faster strategy, or hedge_after, may help."),
  /** Share of a model's answers that came from another target than the first. */
  FAILOVERS(
      0.10,
      Duration.ofMinutes(5),
      false,
      "%s of requests for model %s are answered by another target than the first",
      "The first target is ill or throttled; see its provider's status page."),
  /** A breaker that is open or half open; the value is 1. */
  BREAKER_OPEN(
      0,
      Duration.ofMinutes(5),
      false,
      "target %2$s is given up",
      "See /targets for the failures; check the provider."),
  /** USD charged since midnight, UTC. */
  DAILY_SPEND(
      500,
      Duration.ZERO,
      false,
      "%s were spent today%s",
      "`drover report FILE --group-by day,team,model` says by whom."),
  /** A budget over its soft threshold. */
  BUDGET_SOFT(
      0,
      Duration.ZERO,
      false,
      "%s of the budget of %s is spent",
      "Raise it for a while with increases, or wait for its next window."),
  /** A budget that is spent. */
  BUDGET_SPENT(
      0,
      Duration.ZERO,
      true,
      "%s of the budget of %s is spent; its requests are refused or degraded",
      "Raise it for a while with increases, or wait for its next window."),
  /** Share of a target's answers without a stated usage. */
  USAGE_MISSING(
      0.05,
      Duration.ofMinutes(5),
      false,
      "%s of answers of target %s do not state their usage",
      "Costs are estimated meanwhile; check stream_usage of the target, and cut streams."),
  /** The age of the oldest record that is not in the store, in seconds. */
  LEDGER_LAG(
      60,
      Duration.ofMinutes(1),
      false,
      "records have waited for %s%s",
      "They wait on disk; see /ledger for the reason."),
  /** A rollout that went back. */
  ROLLED_BACK(
      0,
      Duration.ZERO,
      false,
      "the rollout of model %2$s went back",
      "See /rollouts for the gate that failed."),
  /** A provider has rejected a key. */
  KEY_REJECTED(
      0,
      Duration.ZERO,
      true,
      "a key for target %2$s was rejected",
      "Rotate it; Drover reads the file again by itself."),
  /** Seconds for which the renewal of a cloud's credential has failed. */
  CREDENTIAL_NOT_RENEWED(
      60,
      Duration.ZERO,
      true,
      "%s without success in renewing credential %s",
      "The log says why. Check the identity, its rights and the way to the token service.");

  private final double above;
  private final Duration forTime;
  private final boolean urgent;
  private final String summary;
  private final String action;
  private final String label = name().toLowerCase(Locale.ROOT);

  Rule(double above, Duration forTime, boolean urgent, String summary, String action) {
    this.above = above;
    this.forTime = forTime;
    this.urgent = urgent;
    this.summary = summary;
    this.action = action;
  }

  /** As the config has it. */
  public String label() {
    return label;
  }

  double above() {
    return above;
  }

  Duration forTime() {
    return forTime;
  }

  boolean urgent() {
    return urgent;
  }

  String action() {
    return action;
  }

  /** Returns the summary with placeholders for the figure and the subject. */
  String shape() {
    boolean ofNobody = this == DAILY_SPEND || this == LEDGER_LAG;
    return summary.formatted("…", ofNobody ? "" : "NAME");
  }

  /** Returns the summary of an alert with its figure and subject. */
  String summary(double value, String subject) {
    String shown =
        switch (this) {
          case SLOW, LEDGER_LAG, CREDENTIAL_NOT_RENEWED -> "%.0f s".formatted(value);
          case DAILY_SPEND -> "%.2f USD".formatted(value);
          default -> "%.1f %%".formatted(100 * value);
        };
    return summary.formatted(shown, subject);
  }
}
