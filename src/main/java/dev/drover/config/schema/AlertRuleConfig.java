package dev.drover.config.schema;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings of one of the built-in alerts that replace its defaults. */
public record AlertRuleConfig(
    @Key(doc = "Whether it is looked at.", def = "true") boolean enabled,
    @Key(
            doc =
                "The bound above which it is due: a share, seconds or USD, as the rule counts. Default: the rule's own.",
            min = "0",
            max = "1000000000")
        @Nullable BigDecimal above,
    @Key(
            doc = "The time over which shares and percentiles are looked at.",
            def = "5m",
            min = "1s",
            max = "24h")
        Duration over,
    @Key(
            name = "for",
            doc = "How long it must last before anybody is told. Default: the rule's own.",
            min = "0s",
            max = "24h")
        @Nullable Duration forTime,
    @Key(
            doc =
                "How long the same is not said again after it was, even if it went and came back.",
            def = "1h",
            min = "0s",
            max = "168h")
        Duration quiet,
    @Key(doc = "The webhooks that are told; none named: all of them.", def = "[]")
        List<String> to) {
  /** The rules there are. */
  public static final String NAMES =
      "error_rate|slow|failovers|breaker_open|daily_spend|budget_soft|budget_spent|usage_missing"
          + "|ledger_lag|rolled_back|key_rejected|credential_not_renewed";
}
