package dev.drover.alert;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message about one alert.
 *
 * @param id identifies the alert; the firing and the resolved message have the same
 * @param status {@code firing}, {@code resolved} or {@code test}
 * @param subject the model, target or budget it is about; empty when it is about all
 * @param value the rule's value when the message was made
 * @param above the bound
 * @param since the time at which the alert began
 * @param at the time at which the message was made
 */
record Message(
    String id,
    String status,
    String rule,
    String subject,
    String summary,
    String action,
    double value,
    double above,
    boolean urgent,
    Instant since,
    Instant at) {
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("status", status);
    map.put("rule", rule);
    map.put("subject", subject);
    map.put("summary", summary);
    map.put("action", action);
    map.put("value", value);
    map.put("above", above);
    map.put("urgent", urgent);
    map.put("since", since.toString());
    map.put("at", at.toString());
    return map;
  }

  static Message of(Map<?, ?> map) {
    return new Message(
        text(map, "id"),
        text(map, "status"),
        text(map, "rule"),
        text(map, "subject"),
        text(map, "summary"),
        text(map, "action"),
        number(map, "value"),
        number(map, "above"),
        Boolean.parseBoolean(text(map, "urgent")),
        Instant.parse(text(map, "since")),
        Instant.parse(text(map, "at")));
  }

  private static String text(Map<?, ?> map, String key) {
    return String.valueOf(map.get(key));
  }

  private static double number(Map<?, ?> map, String key) {
    return Double.parseDouble(text(map, key));
  }
}
