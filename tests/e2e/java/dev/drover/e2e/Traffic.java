package dev.drover.e2e;

import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Clients that call a data plane at a steady rate and note each answer that is not good. */
final class Traffic implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<String> problems = new ConcurrentLinkedQueue<>();
  private final AtomicLong answered = new AtomicLong();
  private final String url;
  private volatile boolean stopping;

  /**
   * @param url of the data plane
   */
  Traffic(String url) {
    this.url = url + Http.CHAT;
  }

  /** Sends this body so many times a second from now on. */
  Traffic each(int perSecond, String body, Predicate<HttpResponse<String>> good) {
    long every = 1_000_000_000L / perSecond;
    threads.submit(
        () -> {
          try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long due = System.nanoTime(); !stopping; due += every) {
              LockSupport.parkNanos(due - System.nanoTime());
              requests.submit(() -> send(body, good));
            }
          }
        });
    return this;
  }

  private void send(String body, Predicate<HttpResponse<String>> good) {
    try {
      HttpResponse<String> answer =
          client.send(
              Http.request(url)
                  .timeout(Duration.ofSeconds(60))
                  .header("content-type", "application/json")
                  .POST(BodyPublishers.ofString(body))
                  .build(),
              BodyHandlers.ofString());
      if (good.test(answer)) {
        answered.incrementAndGet();
      } else {
        problems.add(answer.statusCode() + " " + answer.headers().map() + " " + answer.body());
      }
    } catch (Exception e) { // whatever a client sees is what is asked for
      problems.add(e.toString());
    }
  }

  /** Good answers so far. */
  long answered() {
    return answered.get();
  }

  /** The others. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Sends no more and waits for the last answer. */
  void stop() {
    stopping = true;
    threads.close();
  }

  @Override
  public void close() {
    stop();
    client.close();
  }
}
