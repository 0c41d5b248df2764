package dev.drover.config.schema;

import java.util.Map;

/** The settings of alerts: the rules that raise them and the webhooks that receive them. */
public record AlertsConfig(
    @Key(
            doc = "Where messages go, by name. Without any, alerts are only shown and measured.",
            def = "{}",
            pattern = Names.NAME)
        Map<String, WebhookConfig> webhooks,
    @Key(
            doc =
                "Rules that differ from the built-in ones, by name; those not named are on as they are.",
            def = "{}",
            pattern = AlertRuleConfig.NAMES)
        Map<String, AlertRuleConfig> rules) {}
