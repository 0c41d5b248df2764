package dev.drover.ledger;

import dev.drover.json.Yaml;
import dev.drover.usage.v1.Attempt;
import dev.drover.usage.v1.TokenUsage;
import dev.drover.usage.v1.UsageEvent;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The events as rows: the statements and their values, in one order each. */
final class UsageSql {
  static final long DAY_MICROS = TimeUnit.DAYS.toMicros(1);

  private static final String COLUMNS =
      "id, kind, started_micros, team, project, key_id, tags, operation, model, stream, task,"
          + " policy, target, provider_model, ending, status, code, cache, usage_status,"
          + " input_tokens, cached_tokens, written_5m_tokens, written_1h_tokens, output_tokens,"
          + " reasoning_tokens, provider_total, cost_nano_usd, charged_tokens,"
          + " charged_nano_usd, saved_nano_usd, duration_micros, first_byte_micros, attempts";

  static final String EVENT =
      "INSERT INTO usage_event (%s) VALUES (%s) ON CONFLICT DO NOTHING"
          .formatted(COLUMNS, marks(COLUMNS));

  private static final String DAY_KEY =
      "team, day, kind, project, key_id, tags, model, target, ending";

  /** The columns of {@code usage_day} that hold sums. */
  static final List<String> SUMS =
      List.of(
          "events",
          "hits",
          "estimated",
          "input_tokens",
          "cached_tokens",
          "written_5m_tokens",
          "written_1h_tokens",
          "output_tokens",
          "reasoning_tokens",
          "cost_nano_usd",
          "charged_tokens",
          "charged_nano_usd",
          "saved_nano_usd");

  static final String DAY =
      "INSERT INTO usage_day (%s, %s) VALUES (%s) ON CONFLICT (%s) DO UPDATE SET %s"
          .formatted(
              DAY_KEY,
              String.join(", ", SUMS),
              marks(DAY_KEY + ", " + String.join(", ", SUMS)),
              DAY_KEY,
              String.join(
                  ", ",
                  SUMS.stream().map("%1$s = usage_day.%1$s + excluded.%1$s"::formatted).toList()));

  private UsageSql() {}

  private static String marks(String columns) {
    return columns.replaceAll("\\w+", "?");
  }

  static void event(PreparedStatement row, UsageEvent event) throws SQLException {
    List<Object> values =
        new ArrayList<>(
            List.of(
                event.getId(),
                kind(event),
                event.getStartedMicros(),
                event.getTeam(),
                event.getProject(),
                event.getKeyId(),
                tags(event),
                event.getOperation(),
                event.getModel(),
                event.getStream() ? 1 : 0,
                event.getTask(),
                event.getPolicy(),
                event.getTarget(),
                event.getProviderModel(),
                event.getEnding(),
                event.getStatus(),
                event.getCode(),
                event.getCache()));
    values.addAll(usage(event.getUsage()));
    values.addAll(
        List.of(
            event.getUsage().getProviderTotal(),
            event.getCostNanoUsd(),
            event.getChargedTokens(),
            event.getChargedNanoUsd(),
            event.getSavedNanoUsd(),
            event.getDurationMicros(),
            event.getFirstByteMicros(),
            attempts(event)));
    set(row, values);
  }

  /**
   * Returns the attempts as JSON for the view {@code usage_attempt}: for each an array of values in
   * the order of its columns.
   */
  private static String attempts(UsageEvent event) {
    return Yaml.writeJsonLine(event.getAttemptsList().stream().map(UsageSql::attempt).toList());
  }

  private static List<Object> attempt(Attempt attempt) {
    List<Object> values =
        new ArrayList<>(
            List.of(
                attempt.getTarget(),
                attempt.getOutcome(),
                attempt.getStatus(),
                attempt.getLatencyMicros()));
    values.addAll(usage(attempt.getUsage()));
    values.add(attempt.getCostNanoUsd());
    return values;
  }

  /**
   * Returns the amounts that an event adds to the row of its day, in the order of {@link #SUMS}.
   */
  static long[] sums(UsageEvent event) {
    TokenUsage usage = event.getUsage();
    return new long[] {
      1,
      event.getCache().equals("hit") ? 1 : 0,
      usage.getStatus().equals("estimated") ? 1 : 0,
      usage.getInput(),
      usage.getCachedInput(),
      usage.getCacheWrite5M(),
      usage.getCacheWrite1H(),
      usage.getOutput(),
      usage.getReasoning(),
      event.getCostNanoUsd(),
      event.getChargedTokens(),
      event.getChargedNanoUsd(),
      event.getSavedNanoUsd()
    };
  }

  static List<Object> dayKey(UsageEvent event) {
    return List.of(
        event.getTeam(),
        Math.floorDiv(event.getStartedMicros(), DAY_MICROS),
        kind(event),
        event.getProject(),
        event.getKeyId(),
        tags(event),
        event.getModel(),
        event.getTarget(),
        event.getEnding());
  }

  static void day(PreparedStatement row, List<Object> key, long[] sums) throws SQLException {
    List<Object> values = new ArrayList<>(key);
    for (long sum : sums) {
      values.add(sum);
    }
    set(row, values);
  }

  static void set(PreparedStatement row, List<Object> values) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      row.setObject(i + 1, values.get(i));
    }
  }

  private static List<Object> usage(TokenUsage usage) {
    return List.of(
        usage.getStatus(),
        usage.getInput(),
        usage.getCachedInput(),
        usage.getCacheWrite5M(),
        usage.getCacheWrite1H(),
        usage.getOutput(),
        usage.getReasoning());
  }

  /** The tags as one JSON object with its names in order; empty when there are none. */
  private static String tags(UsageEvent event) {
    Map<String, String> tags = event.getTagsMap();
    return tags.isEmpty() ? "" : Yaml.writeJsonLine(new TreeMap<>(tags));
  }

  /** The pattern of tags that have a certain one, for {@code LIKE} with {@code !}. */
  static String tagged(String nameAndValue) {
    int equals = nameAndValue.indexOf('=');
    String object =
        Yaml.writeJsonLine(
            Map.of(nameAndValue.substring(0, equals), nameAndValue.substring(equals + 1)));
    return "%" + object.substring(1, object.length() - 1).replaceAll("[!%_]", "!$0") + "%";
  }

  private static String kind(UsageEvent event) {
    return switch (event.getKind()) {
      case EVENT_KIND_SHADOW -> "shadow";
      case EVENT_KIND_PROBE -> "probe";
      case EVENT_KIND_EXCHANGE, EVENT_KIND_UNSPECIFIED, UNRECOGNIZED -> "exchange";
    };
  }
}
