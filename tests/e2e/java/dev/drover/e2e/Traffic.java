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
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Clients that call a data plane at a steady rate and note each answer that is not good. */
final class Traffic implements AutoCloseable {
  private static final int WARM_UP = 500;

  /** A machine that cannot keep the rate up gets fewer requests, not a queue of them. */
  private static final int MOST_AT_ONCE = 64;

  private static final long QUICK_NANOS = 500_000_000;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<String> problems = new ConcurrentLinkedQueue<>();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong slowest = new AtomicLong();
  private final String url;
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private volatile boolean stopping;

  /**
   * @param url of the data plane
   */
  Traffic(String url) {
    this.url = url + Http.CHAT;
  }

  /** Sends this body one after the other until all that answers is compiled. */
  Traffic warmUp(String body) {
    for (int i = 0; i < WARM_UP; i++) {
      send(body, answer -> answer.statusCode() == 200);
    }
    return this;
  }

  /** Waits until a second has passed in which requests were as quick as on an idle machine. */
  void awaitQuick() throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    do {
      slowest.set(0);
      Thread.sleep(1_000);
    } while (slowest.get() > QUICK_NANOS && System.nanoTime() - deadline < 0);
  }

  /** Sends this body so many times a second from now on. */
  Traffic each(int perSecond, String body, Predicate<HttpResponse<String>> good) {
    long every = 1_000_000_000L / perSecond;
    threads.submit(
        () -> {
          try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long due = System.nanoTime(); !stopping; due += every) {
              LockSupport.parkNanos(due - System.nanoTime());
              places.acquireUninterruptibly();
              due = Math.max(due, System.nanoTime() - every);
              requests.submit(
                  () -> {
                    send(body, good);
                    places.release();
                  });
            }
          }
        });
    return this;
  }

  private void send(String body, Predicate<HttpResponse<String>> good) {
    long begun = System.nanoTime();
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
        if (!answer.headers().firstValue("content-type").orElse("").contains("event-stream")) {
          slowest.accumulateAndGet(System.nanoTime() - begun, Math::max);
        }
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
