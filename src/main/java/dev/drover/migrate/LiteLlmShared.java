package dev.drover.migrate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Redis that several proxies share, and the Slack channel that they tell of troubles. Confined
 * to one file.
 */
final class LiteLlmShared {
  /** The settings of the router that say where Redis is. */
  static final Set<String> REDIS =
      Set.of("redis_host", "redis_port", "redis_password", "redis_url", "redis_db");

  private static final String HOST = "[A-Za-z0-9.-]+";
  private static final String PORT = "6379";

  /** The variable that LiteLLM takes the address of a Slack channel from. */
  private static final String SLACK = "SLACK_WEBHOOK_URL";

  private final LiteLlmSettings settings;
  private final Values values;
  private final Notes notes;

  LiteLlmShared(LiteLlmSettings settings, Values values, Notes notes) {
    this.settings = settings;
    this.values = values;
    this.notes = notes;
  }

  /** Puts what is shared into a config. */
  void put(Map<String, Object> config) {
    redis(config);
    LiteLlmSettings.@Nullable Setting alerting = settings.operating("alerting");
    if (alerting != null && Trees.list(alerting.value()).contains("slack")) {
      config.put(
          "alerts",
          Map.of(
              "webhooks",
              Map.of("slack", Map.of("kind", "slack", "url_from", Map.of("env", SLACK)))));
      notes.add(alerting.path() + ": Drover's own alerts go to the channel; they are other ones");
    } else if (alerting != null) {
      notes.leftOut(alerting.path(), alerting.value(), "slack");
    }
  }

  private void redis(Map<String, Object> config) {
    LiteLlmSettings.@Nullable Setting url = settings.router("redis_url");
    LiteLlmSettings.@Nullable Setting host = settings.router("redis_host");
    if (url != null) {
      notes.add(url.path() + ": left out, for it may hold a password (expected: redis_host)");
    }
    if (host == null) {
      return;
    }
    String name = text(host);
    String port = text(settings.router("redis_port"));
    String database = text(settings.router("redis_db"));
    String number = port.isEmpty() ? PORT : port;
    if (!name.matches(HOST) || !number.matches("[0-9]{1,5}") || !database.matches("[0-9]*")) {
      notes.leftOut(host.path(), host.value(), "an address that stands in the file");
      return;
    }
    Map<String, Object> redis = new LinkedHashMap<>();
    redis.put("url", "redis://" + name + ":" + number + (database.isEmpty() ? "" : "/" + database));
    password(redis);
    config.put("redis", redis);
  }

  private void password(Map<String, Object> redis) {
    LiteLlmSettings.@Nullable Setting password = settings.router("redis_password");
    String given = password == null ? "" : Trees.text(password.value()).strip();
    String variable = given.startsWith(Values.ENV) ? given.substring(Values.ENV.length()) : "";
    if (variable.matches(ProviderEntries.VARIABLE)) {
      redis.put("password", Map.of("env", variable));
    } else if (password != null) {
      notes.add(password.path() + ": a secret in the file: put it where `password` can find it");
    }
  }

  private String text(LiteLlmSettings.@Nullable Setting setting) {
    return setting == null ? "" : Trees.text(values.resolved(setting.value())).strip();
  }
}
