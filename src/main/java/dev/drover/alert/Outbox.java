package dev.drover.alert;

import dev.drover.types.Ticker;
import java.net.http.HttpClient;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages that wait for their webhook, in order for each. What is to be kept over a restart is
 * {@link #snapshot}. Thread-safe; {@link #deliver} blocks and is called by one thread.
 */
final class Outbox {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final int MOST = 1_000;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration TOO_OLD = Duration.ofDays(3);

  /** How long one webhook may hold the others up, but for its last message. */
  private static final Duration TURN = Duration.ofSeconds(5);

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** One message for one webhook. */
  private record Waiting(String webhook, Message message) {}

  /** When a webhook that failed is tried again. */
  private record Pause(Duration length, long untilNanos) {}

  /** Told of each attempt to deliver. */
  interface Listener {
    void tried(String webhook, boolean delivered);
  }

  private final Ticker ticker;
  private final InstantSource wall;
  private final Listener listener;
  private final List<Waiting> waiting = new ArrayList<>();
  private final Map<String, Pause> pauses = new HashMap<>();

  /**
   * @param stored an earlier {@link #snapshot}
   */
  Outbox(List<?> stored, Ticker ticker, InstantSource wall, Listener listener) {
    this.wall = wall;
    this.ticker = ticker;
    this.listener = listener;
    for (Object each : stored) {
      if (each instanceof Map<?, ?> map && map.get("message") instanceof Map<?, ?> message) {
        try {
          waiting.add(new Waiting(String.valueOf(map.get("webhook")), Message.of(message)));
        } catch (DateTimeException | NumberFormatException e) {
          log.warn("alerts: a stored message makes no sense: {}", e.getMessage());
        }
      }
    }
  }

  synchronized void add(String webhook, Message message) {
    if (waiting.size() >= MOST) {
      Waiting lost = waiting.removeFirst();
      log.error("alerts: a message for {} is dropped: {} wait", lost.webhook, MOST);
    }
    waiting.add(new Waiting(webhook, message));
  }

  synchronized int size() {
    return waiting.size();
  }

  synchronized List<Map<String, Object>> snapshot() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Waiting each : waiting) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("webhook", each.webhook);
      map.put("message", each.message.toMap());
      all.add(map);
    }
    return all;
  }

  private synchronized List<Waiting> due(Collection<Webhook> webhooks) {
    waiting.removeIf(
        each -> webhooks.stream().noneMatch(webhook -> webhook.name().equals(each.webhook)));
    return waiting.stream().filter(each -> !paused(each.webhook)).toList();
  }

  private synchronized boolean paused(String webhook) {
    Pause pause = pauses.get(webhook);
    return pause != null && pause.untilNanos - ticker.nanos() > 0;
  }

  /**
   * Sends what is due, to all webhooks at the same time. One that fails is left alone for a while,
   * longer each time. A message is given up when its webhook is no more or says that it will never
   * take it, or after three days.
   *
   * @return whether anything has gone
   */
  boolean deliver(Collection<Webhook> webhooks) throws InterruptedException {
    List<Waiting> due = due(webhooks);
    if (due.isEmpty()) {
      return false;
    }
    int before = size();
    HttpClient client = client();
    try {
      List<Thread> threads = new ArrayList<>();
      for (Webhook webhook : webhooks) {
        threads.add(Thread.startVirtualThread(() -> deliver(client, webhook, due)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    } finally {
      client.shutdownNow(); // an answer that never ends would hold close() up
      client.close();
    }
    return size() != before;
  }

  private void deliver(HttpClient client, Webhook webhook, List<Waiting> due) {
    long begun = ticker.nanos();
    for (Waiting each : due) {
      boolean mine = each.webhook.equals(webhook.name());
      if (mine && !paused(webhook.name()) && ticker.nanos() - begun < TURN.toNanos()) {
        try {
          deliver(client, webhook, each);
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(CONNECT)
        .build();
  }

  /** Sends one message at once; what went wrong, or nothing. */
  static String send(Webhook webhook, Message message, Instant now) throws InterruptedException {
    HttpClient client = client();
    try {
      return webhook.send(client, message, now).problem();
    } finally {
      client.shutdownNow();
      client.close();
    }
  }

  private void deliver(HttpClient client, Webhook webhook, Waiting each)
      throws InterruptedException {
    Instant now = wall.instant();
    Webhook.Outcome outcome = webhook.send(client, each.message, now);
    listener.tried(webhook.name(), outcome.problem().isEmpty());
    synchronized (this) {
      boolean never = !outcome.again() || each.message.at().plus(TOO_OLD).isBefore(now);
      if (outcome.problem().isEmpty() || never) {
        if (!outcome.problem().isEmpty()) {
          log.error(
              "alerts: webhook {}: {}; this message is given up",
              webhook.name(),
              outcome.problem());
        }
        pauses.remove(webhook.name());
        boolean _ = waiting.remove(each);
        return;
      }
      Pause before = pauses.get(webhook.name());
      Duration length = before == null ? FIRST_PAUSE : before.length.multipliedBy(2);
      if (length.compareTo(LONGEST_PAUSE) > 0) {
        length = LONGEST_PAUSE;
      }
      if (before == null) {
        log.warn(
            "alerts: webhook {}: {}; {} messages wait and are sent when it takes them",
            webhook.name(),
            outcome.problem(),
            waiting.size());
      }
      pauses.put(webhook.name(), new Pause(length, ticker.nanos() + length.toNanos()));
    }
  }
}
