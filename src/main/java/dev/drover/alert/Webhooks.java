package dev.drover.alert;

import dev.drover.config.schema.AlertsConfig;
import dev.drover.config.schema.CredentialConfig;
import dev.drover.config.schema.WebhookConfig;
import dev.drover.credential.Secrets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The webhooks of a config. */
public final class Webhooks {
  private Webhooks() {}

  /** By name. */
  public static List<Webhook> of(AlertsConfig config, Secrets secrets) {
    List<Webhook> all = new ArrayList<>();
    new TreeMap<>(config.webhooks())
        .forEach(
            (name, c) ->
                all.add(
                    new Webhook(name, c.kind(), address(c, secrets), read(c.secret(), secrets))));
    return all;
  }

  private static Supplier<@Nullable String> address(WebhookConfig c, Secrets secrets) {
    Supplier<@Nullable String> from = read(c.urlFrom(), secrets);
    if (from != null) {
      return from;
    }
    return c.url() == null ? () -> Webhook.PAGERDUTY : c::url; // only that kind may have none
  }

  private static @Nullable Supplier<@Nullable String> read(
      @Nullable CredentialConfig place, Secrets secrets) {
    return place == null ? null : secrets.at(place)::value;
  }

  /** Sends one webhook a message that says that it is a test; what went wrong, or nothing. */
  public static String test(Webhook webhook, Instant now) throws InterruptedException {
    Message message =
        new Message(
            UUID.randomUUID().toString(),
            "test",
            "test",
            "",
            "this is a test of Drover's alerts",
            "None is needed.",
            0,
            0,
            false,
            now,
            now);
    return Outbox.send(webhook, message, now);
  }
}
