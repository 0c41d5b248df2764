package dev.drover.config.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.config.bind.Problems;
import java.util.Map;

/** Checks alerts: that each webhook has what its kind needs, and that rules name webhooks. */
final class AlertChecks {
  private final JsonNode alerts;
  private final Problems problems;

  AlertChecks(JsonNode root, Problems problems) {
    this.alerts = root.path("alerts");
    this.problems = problems;
  }

  void check() {
    for (Map.Entry<String, JsonNode> entry : alerts.path("webhooks").properties()) {
      webhook("alerts.webhooks." + entry.getKey(), entry.getValue());
    }
    for (Map.Entry<String, JsonNode> entry : alerts.path("rules").properties()) {
      for (JsonNode to : entry.getValue().path("to")) {
        if (!alerts.path("webhooks").has(to.asText())) {
          problems.add(
              "alerts.rules." + entry.getKey() + ".to",
              "\"" + to.asText() + "\"",
              "a name under alerts.webhooks");
        }
      }
    }
  }

  private void webhook(String path, JsonNode webhook) {
    String kind = webhook.path("kind").asText("json");
    boolean url = webhook.hasNonNull("url");
    boolean from = webhook.hasNonNull("url_from");
    if (url && from) {
      problems.add(path, "both url and url_from", "one of them");
    }
    if (!url && !from && !kind.equals("pagerduty")) {
      problems.add(path, "neither url nor url_from", "where messages of kind " + kind + " go");
    }
    if (kind.equals("pagerduty") && !webhook.hasNonNull("secret")) {
      problems.add(path + ".secret", "missing", "PagerDuty's routing key");
    }
    if (kind.equals("slack") && webhook.hasNonNull("secret")) {
      problems.add(path + ".secret", "given", "none for kind slack: its address is the secret");
    }
  }
}
