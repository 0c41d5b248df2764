package dev.drover.alert;

import java.time.Duration;

/** The reference page of the alerts. */
public final class RulesPage {
  private RulesPage() {}

  /** Markdown, a row per rule. */
  public static String text() {
    StringBuilder page =
        new StringBuilder(
            """
            # Alerts

            What people are told of, and what to do then. Generated; `./drover reference --alerts` prints it. `above`, `for` and whether a rule is on
            are set under `alerts.rules`; the same rules for Prometheus are in [rules.yaml](../../deploy/prometheus/rules.yaml). Shares and percentiles of fewer than
            ENOUGH in the time looked at (`over`) say nothing, but for `key_rejected`; a model that hardly anybody asks is not told of.

            | rule | above | for | urgent | what it says | what to do |
            |---|---|---|---|---|---|
            """
                .replace("ENOUGH", String.valueOf(Signals.ENOUGH)));
    for (Rule rule : Rule.values()) {
      page.append(
          "| `%s` | %s | %s | %s | %s | %s |%n"
              .formatted(
                  rule.label(),
                  number(rule.above()),
                  seconds(rule.forTime()),
                  rule.urgent() ? "yes" : "no",
                  rule.shape(),
                  rule.action()));
    }
    return page.toString();
  }

  private static String number(double above) {
    return above == Math.rint(above) ? Long.toString((long) above) : Double.toString(above);
  }

  private static String seconds(Duration time) {
    return time.isZero() ? "at once" : time.toSeconds() + " s";
  }
}
