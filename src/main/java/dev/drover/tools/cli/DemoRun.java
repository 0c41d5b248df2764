package dev.drover.tools.cli;

import dev.drover.record.Ending;
import dev.drover.record.ExchangeListener;
import dev.drover.record.ExchangeRecord;
import dev.drover.types.HostPort;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends the demo's requests and says what became of each. */
final class DemoRun implements ExchangeListener {
  static final String JSON =
      "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]}";
  static final String STREAM =
      "{\"model\":\"gpt-4o\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Count to five.\"}]}";
  static final String FALLBACK =
      "{\"model\":\"fragile\",\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]}";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final BlockingQueue<ExchangeRecord> records = new LinkedBlockingQueue<>();
  private final PrintStream out;

  DemoRun(PrintStream out) {
    this.out = out;
  }

  @Override
  public void finished(ExchangeRecord record) {
    records.add(record);
  }

  /** Sends all three; true when each went as it should. */
  boolean all(HostPort dataPlane) throws InterruptedException {
    out.printf(
        "%-22s %-9s %-10s %8s %15s %16s%n",
        "request", "model", "target", "attempts", "tokens in/out", "cost USD");
    boolean json = one(dataPlane, "JSON", "gpt-4o", JSON, "deepseek", 1);
    boolean stream = one(dataPlane, "stream", "gpt-4o", STREAM, "deepseek", 1);
    boolean fallback = one(dataPlane, "provider fails", "fragile", FALLBACK, "gpt-4.1", 2);
    return json && stream && fallback;
  }

  private boolean one(
      HostPort dataPlane, String what, String model, String body, String target, int attempts)
      throws InterruptedException {
    String wrong = send(dataPlane, body);
    ExchangeRecord record = records.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (record == null) {
      out.printf(
          "%-22s no record within %d s%s%n",
          what, PATIENCE.toSeconds(), wrong == null ? "" : ": " + wrong);
      return false;
    }
    out.printf(
        "%-22s %-9s %-10s %8d %15s %16s%n",
        what,
        model,
        record.target(),
        record.attempts().size(),
        record.usage().input() + "/" + record.usage().output(),
        record.cost());
    if (wrong == null
        && (record.ending() != Ending.COMPLETE
            || !target.equals(record.target())
            || record.attempts().size() != attempts)) {
      wrong = "expected: %s answers after %d attempt(s)".formatted(target, attempts);
    }
    if (wrong != null) {
      out.println("  WRONG: " + wrong);
    }
    return wrong == null;
  }

  private static @Nullable String send(HostPort dataPlane, String body)
      throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + dataPlane + "/v1/chat/completions"))
            .header("content-type", "application/json")
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofString(body))
            .build();
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return response.statusCode() == 200
          ? null
          : "status " + response.statusCode() + ": " + response.body();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
