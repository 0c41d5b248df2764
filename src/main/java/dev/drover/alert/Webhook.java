package dev.drover.alert;

import dev.drover.json.Yaml;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A webhook that messages are sent to, in the form of its kind. Thread-safe; sending blocks.
 *
 * @param kind {@code json}, {@code slack} or {@code pagerduty}
 * @param url reads the address; gives null when it cannot be read
 * @param secret reads what the kind needs, and gives null when it cannot be read; null when there
 *     is none
 */
public record Webhook(
    String name,
    String kind,
    Supplier<@Nullable String> url,
    @Nullable Supplier<@Nullable String> secret) {
  /** The default address for events to PagerDuty. */
  static final String PAGERDUTY = "https://events.pagerduty.com/v2/enqueue";

  /** Statuses that say that this message will never be taken. */
  private static final Set<Integer> NEVER = Set.of(400, 410, 413, 415, 422);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String MAC = "HmacSHA256";

  /**
   * The result of sending a message.
   *
   * @param problem the reason of a failure; empty when the message was taken
   * @param again whether another try may help
   */
  record Outcome(String problem, boolean again) {
    static final Outcome TAKEN = new Outcome("", false);
  }

  /** Sends one message; waits for the end of the answer, but not for long. */
  Outcome send(HttpClient client, Message message, Instant now) throws InterruptedException {
    String to = url.get();
    String key = secret == null ? "" : secret.get();
    if (to == null || key == null) {
      return new Outcome(
          (to == null ? "address" : "secret") + ": cannot be read (expected: a variable or file)",
          true);
    }
    CompletableFuture<HttpResponse<Void>> answer = null;
    try {
      answer =
          client.sendAsync(request(to, key, message, now), HttpResponse.BodyHandlers.discarding());
      int status = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      return status / 100 == 2
          ? Outcome.TAKEN
          : new Outcome("answered " + status, !NEVER.contains(status));
    } catch (IllegalArgumentException _) {
      return new Outcome("the address is none (expected: https://host/path)", true);
    } catch (TimeoutException _) {
      answer.cancel(true);
      return new Outcome("no answer within " + PATIENCE.toSeconds() + " s", true);
    } catch (ExecutionException e) {
      // a message may hold the address, and that a secret
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new Outcome(cause.getClass().getSimpleName(), true);
    }
  }

  private HttpRequest request(String to, String key, Message message, Instant now) {
    String body = Yaml.writeJsonLine(body(message, key));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(to))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (kind.equals("json") && !key.isEmpty()) {
      long at = now.getEpochSecond();
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

  private Map<String, Object> body(Message message, String key) {
    return switch (kind) {
      case "slack" ->
          Map.of(
              "text",
              "*[%s] %s*: %s%n%s"
                  .formatted(
                      message.status(), message.rule(), message.summary(), message.action()));
      case "pagerduty" -> pagerduty(message, key);
      default -> message.toMap();
    };
  }

  private static Map<String, Object> pagerduty(Message message, String key) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("summary", message.summary());
    payload.put("source", "drover");
    payload.put("severity", message.urgent() ? "critical" : "warning");
    payload.put("timestamp", message.at().toString());
    payload.put("component", message.subject());
    payload.put("class", message.rule());
    payload.put("custom_details", message.toMap());
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("routing_key", key);
    event.put("event_action", message.status().equals("resolved") ? "resolve" : "trigger");
    event.put("dedup_key", "drover/" + message.id());
    event.put("payload", payload);
    return event;
  }
}
