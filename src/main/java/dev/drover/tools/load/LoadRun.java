package dev.drover.tools.load;

import dev.drover.json.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends the requests of a plan and tallies what comes of them. Thread-safe. */
public final class LoadRun {
  /** An open loop that has so many unanswered requests has found out what it wanted. */
  private static final int MOST_IN_FLIGHT = 10_000;

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final String DATA = "data:";

  private final ScheduledThreadPoolExecutor watch =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("drover-load-watch").daemon().factory());
  private final LoadPlan plan;
  private final Tally tally = new Tally();
  private final Semaphore inFlight = new Semaphore(MOST_IN_FLIGHT);
  private volatile boolean stopping;

  public LoadRun(LoadPlan plan) {
    this.plan = plan;
    watch.setRemoveOnCancelPolicy(true);
  }

  /** Returns the tally of the run so far. */
  public Tally tally() {
    return tally;
  }

  /** Returns the share of the run that is done, 0.0 to 1.0. */
  public double done() {
    double done =
        switch (plan.shape()) {
          case Shape.Closed closed ->
              (double) (tally.good() + tally.failed()) / Math.max(1, closed.requests());
          case Shape.Open open ->
              tally.begun() / Math.max(1, open.perSecond() * open.duration().toSeconds());
        };
    return Math.min(1, done);
  }

  /** Sends no more; what is under way is not waited for. */
  public void stop() {
    stopping = true;
  }

  /** Sends all and waits for the answers, or until it is stopped. */
  public void run() throws InterruptedException {
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build()) {
      warm(client);
      tally.begin(System.nanoTime());
      switch (plan.shape()) {
        case Shape.Closed closed -> closed(client, closed);
        case Shape.Open open -> open(client, open);
      }
      if (stopping) {
        client.shutdownNow();
      }
    } finally {
      watch.shutdownNow();
    }
  }

  /**
   * A process that has just begun is slow at its first request: that is not the gateway's fault.
   */
  private void warm(HttpClient client) throws InterruptedException {
    URI models = URI.create(plan.url().toString().replaceFirst("/chat/completions$", "/models"));
    try {
      client.send(
          HttpRequest.newBuilder(models).timeout(CONNECT).build(),
          HttpResponse.BodyHandlers.discarding());
    } catch (IOException _) {
      return; // the run will tell
    }
  }

  private void closed(HttpClient client, Shape.Closed shape) throws InterruptedException {
    AtomicInteger left = new AtomicInteger(shape.requests());
    Thread[] threads = new Thread[Math.min(shape.inFlight(), shape.requests())];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.startVirtualThread(
              () -> {
                while (!stopping && left.getAndDecrement() > 0) {
                  one(client, System.nanoTime());
                }
              });
    }
    for (Thread thread : threads) {
      while (!stopping && !thread.join(Duration.ofMillis(50))) {
        Thread.onSpinWait();
      }
    }
  }

  private void open(HttpClient client, Shape.Open shape) throws InterruptedException {
    long begun = System.nanoTime();
    double every = TimeUnit.SECONDS.toNanos(1) / shape.perSecond();
    long requests = Math.round(shape.perSecond() * shape.duration().toNanos() / 1e9);
    for (long i = 0; i < requests && !stopping; i++) {
      long due = begun + Math.round(i * every);
      for (long left = due - System.nanoTime();
          left > 0 && !stopping;
          left = due - System.nanoTime()) {
        Thread.sleep(Duration.ofNanos(Math.min(left, LOOK.toNanos())));
      }
      if (inFlight.tryAcquire()) {
        Thread.startVirtualThread(
            () -> {
              try {
                one(client, due);
              } finally {
                inFlight.release();
              }
            });
      } else {
        tally.sent();
        tally.failed("not sent: " + MOST_IN_FLIGHT + " in flight", System.nanoTime());
      }
    }
    while (!stopping && inFlight.availablePermits() < MOST_IN_FLIGHT) {
      Thread.sleep(10);
    }
  }

  private void one(HttpClient client, long dueNanos) {
    tally.sent();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(plan.url())
            .timeout(plan.timeout())
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(plan.body()));
    plan.headers().forEach(request::header);
    try {
      HttpResponse<InputStream> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      InputStream stalled = answer.body();
      ScheduledFuture<?> end =
          watch.schedule(() -> close(stalled), plan.timeout().toNanos(), TimeUnit.NANOSECONDS);
      try (InputStream in = stalled) {
        int one = in.read();
        long first = System.nanoTime();
        String rest = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        long now = System.nanoTime();
        String body = one < 0 ? "" : (char) one + rest;
        if (answer.statusCode() / 100 != 2) {
          tally.failed(answer.statusCode() + " " + code(body), now);
          return;
        }
        Map<?, ?> usage = usage(body);
        tally.answered(
            answer.headers().firstValue("x-drover-target").orElse(""),
            number(usage, "prompt_tokens"),
            number(usage, "completion_tokens"),
            first - dueNanos,
            now - dueNanos,
            now);
      } finally {
        end.cancel(false);
      }
    } catch (IOException e) {
      if (!stopping) {
        tally.failed(broken(e), System.nanoTime());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** An answer that stalls is given up: the request's own timeout ends with its headers. */
  private static void close(InputStream stalled) {
    try {
      stalled.close();
    } catch (IOException _) {
      return; // it is over
    }
  }

  private static String broken(IOException e) {
    return switch (e) {
      case HttpTimeoutException _ -> "timeout";
      case ConnectException _ -> "cannot connect";
      default -> "broken off";
    };
  }

  private static String code(String body) {
    return read(body).get("error") instanceof Map<?, ?> error && error.get("code") != null
        ? String.valueOf(error.get("code"))
        : "";
  }

  private static Map<?, ?> usage(String body) {
    String last = body;
    int at = body.lastIndexOf("\"usage\"");
    if (body.startsWith(DATA) && at >= 0) {
      int from = body.lastIndexOf(DATA, at);
      last = body.substring(from + DATA.length()).lines().findFirst().orElse("");
    }
    return read(last).get("usage") instanceof Map<?, ?> usage ? usage : Map.of();
  }

  private static Map<String, Object> read(String json) {
    try {
      return json.stripLeading().startsWith("{") ? Yaml.readJson(json) : Map.of();
    } catch (UncheckedIOException | IllegalArgumentException _) {
      return Map.of();
    }
  }

  private static long number(Map<?, ?> usage, String key) {
    return usage.get(key) instanceof Number number ? number.longValue() : 0;
  }
}
