package dev.drover.alert;

import dev.drover.config.Yaml;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Where messages are sent, and in whose form. Thread-safe; sending blocks.
 *
 * @param kind {@code json}, {@code slack} or {@code pagerduty}
 * @param url reads the address; null when there is none
 * @param secret reads what the kind needs; null when there is none
 */
public record Webhook(
    String name, String kind, Supplier<@Nullable String> url, Supplier<@Nullable String> secret) {
  private static final String PAGERDUTY = "https://events.pagerduty.com/v2/enqueue";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String MAC = "HmacSHA256";

  /**
   * Sends one message.
   *
   * @return what went wrong; empty when it was taken
   */
  String send(HttpClient client, Message message) throws InterruptedException {
    String address = url.get();
    String to = address == null && kind.equals("pagerduty") ? PAGERDUTY : address;
    if (to == null) {
      return "no address (expected: url, or a readable url_from)";
    }
    try {
      HttpResponse<Void> answer =
          client.send(request(to, message), HttpResponse.BodyHandlers.discarding());
      return answer.statusCode() / 100 == 2 ? "" : "answered " + answer.statusCode();
    } catch (IllegalArgumentException _) {
      return "the address is none (expected: https://host/path)";
    } catch (IOException e) {
      return e.getClass().getSimpleName(); // a message may hold the address, and that a secret
    }
  }

  private HttpRequest request(String to, Message message) {
    String body = Yaml.writeJsonLine(body(message));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(to))
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    String key = secret.get();
    if (kind.equals("json") && key != null) {
      long at = message.at().getEpochSecond();
      request.header("x-drover-signature", "t=" + at + ",v1=" + sign(key, at + "." + body));
    }
    return request.build();
  }

  /** HMAC-SHA256 in hexadecimal digits, of the time, a dot and the body. */
  static String sign(String key, String text) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), MAC));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(MAC + ": missing (expected: in every JDK)", e);
    }
  }

  private Map<String, Object> body(Message message) {
    return switch (kind) {
      case "slack" ->
          Map.of(
              "text",
              "*[%s] %s*: %s%n%s"
                  .formatted(
                      message.status(), message.rule(), message.summary(), message.action()));
      case "pagerduty" -> pagerduty(message);
      default -> message.toMap();
    };
  }

  private Map<String, Object> pagerduty(Message message) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("summary", message.summary());
    payload.put("source", "drover");
    payload.put("severity", message.urgent() ? "critical" : "warning");
    payload.put("timestamp", message.at().toString());
    payload.put("component", message.subject());
    payload.put("class", message.rule());
    payload.put("custom_details", message.toMap());
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("routing_key", String.valueOf(secret.get()));
    event.put("event_action", message.status().equals("resolved") ? "resolve" : "trigger");
    event.put("dedup_key", "drover/" + message.id());
    event.put("payload", payload);
    return event;
  }
}
