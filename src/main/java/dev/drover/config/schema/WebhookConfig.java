package dev.drover.config.schema;

import org.jspecify.annotations.Nullable;

/** A webhook that receives the messages of alerts. */
public record WebhookConfig(
    @Key(
            doc =
                "`json`: Drover's own message, signed when there is a `secret`. `slack`: a message of a Slack "
                    + "incoming webhook. `pagerduty`: an event of PagerDuty's Events API v2.",
            def = "json",
            oneOf = {"json", "slack", "pagerduty"})
        String kind,
    @Key(doc = "The address, where it holds no secret.", pattern = "https?://.+")
        @Nullable String url,
    @Key(doc = "The address, where it is a secret itself, as Slack's are.")
        @Nullable CredentialConfig urlFrom,
    @Key(doc = "`json`: what messages are signed with. `pagerduty`: the routing key.")
        @Nullable CredentialConfig secret) {}
