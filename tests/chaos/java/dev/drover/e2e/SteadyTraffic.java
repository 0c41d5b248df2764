package dev.drover.e2e;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** One caller's requests at a steady rate, each of which is asked what became of it. */
final class SteadyTraffic implements AutoCloseable {
  private static final int MOST_AT_ONCE = 200;

  /**
   * A request that got an answer.
   *
   * @param exchange Drover's id of it; empty when the answer has none
   * @param atNanos when it was sent
   */
  record Answered(int status, String exchange, long atNanos, long tookNanos) {}

  private final ConcurrentLinkedQueue<Answered> answers = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private final String url;
  private final String key;
  private final String body;
  private final Thread thread;
  private volatile boolean stopping;

  SteadyTraffic(String url, String key, String body, int perSecond) {
    this.url = url;
    this.key = key;
    this.body = body;
    this.thread = Thread.ofVirtual().start(() -> run(Duration.ofSeconds(1).dividedBy(perSecond)));
  }

  private void run(Duration every) {
    try {
      while (!stopping) {
        if (places.tryAcquire(every.toMillis(), TimeUnit.MILLISECONDS)) {
          Thread.ofVirtual().start(this::one);
        }
        Thread.sleep(every);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void one() {
    long begun = System.nanoTime();
    try {
      HttpResponse<String> answer =
          Http.send(
              Http.request(url + Http.CHAT)
                  .header("content-type", "application/json")
                  .header("authorization", "Bearer " + key)
                  .POST(BodyPublishers.ofString(body))
                  .build());
      answers.add(
          new Answered(
              answer.statusCode(),
              answer.headers().firstValue("x-drover-exchange").orElse(""),
              begun,
              System.nanoTime() - begun));
    } catch (Exception e) {
      broken.add(e.toString());
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    } finally {
      places.release();
    }
  }

  /** Returns the answers so far. */
  List<Answered> answers() {
    return List.copyOf(answers);
  }

  /** Returns the share of requests since a time that were answered with 200. */
  double goodSince(long nanos) {
    List<Answered> since = answers.stream().filter(each -> each.atNanos() >= nanos).toList();
    return since.isEmpty()
        ? 0
        : (double) since.stream().filter(each -> each.status() == 200).count() / since.size();
  }

  /** Returns the time in milliseconds within which 99 % of the answers between two times came. */
  double p99Millis(long from, long to) {
    double[] sorted =
        answers.stream()
            .filter(each -> each.atNanos() >= from && each.atNanos() < to)
            .mapToDouble(each -> each.tookNanos() / 1e6)
            .sorted()
            .toArray();
    return sorted.length == 0 ? 0 : sorted[Math.min(sorted.length - 1, sorted.length * 99 / 100)];
  }

  /** Sends no more and waits for the last to end. */
  @Override
  public void close() {
    stopping = true;
    try {
      thread.join();
      places.acquire(MOST_AT_ONCE);
      places.release(MOST_AT_ONCE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
