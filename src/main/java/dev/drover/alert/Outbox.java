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
 * {@link #snapshot}. Thread-safe; only the static {@link #send} blocks.
 */
final class Outbox {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final int MOST = 1_000;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration TOO_OLD = Duration.ofDays(3);

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** A message that waits for one webhook. */
  private record Waiting(String webhook, Message message) {}

  /** The pause before a failed webhook is tried again. */
  private record Pause(Duration length, long untilNanos) {}

  /** Receives the result of each attempt to deliver. */
  interface Listener {
    void tried(String webhook, boolean delivered);
  }

  private final Ticker ticker;
  private final InstantSource wall;
  private final Listener listener;
  private final List<Waiting> waiting = new ArrayList<>();
  private final Map<String, Pause> pauses = new HashMap<>();

  /** The deliveries under way, by webhook. */
  private final Map<String, Thread> turns = new HashMap<>();

  private boolean closed;

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
    List<Waiting> before = of(webhook);
    if (before.size() >= MOST) {
      waiting.remove(before.getFirst());
      log.error("alerts: a message for {} is dropped: {} wait", webhook, MOST);
    }
    waiting.add(new Waiting(webhook, message));
  }

  synchronized int size() {
    return waiting.size();
  }

  private List<Waiting> of(String webhook) {
    return waiting.stream().filter(each -> each.webhook.equals(webhook)).toList();
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

  private synchronized boolean paused(String webhook) {
    Pause pause = pauses.get(webhook);
    return pause != null && pause.untilNanos - ticker.nanos() > 0;
  }

  /**
   * Begins to send what is due, on a thread for each webhook that has none under way: a slow one
   * holds up no other. One that fails is left alone for a while, longer each time. A message is
   * given up when its webhook is no more or says that it will never take it, or after three days.
   *
   * @return the threads that were begun
   */
  synchronized List<Thread> deliver(Collection<Webhook> webhooks) {
    waiting.removeIf(
        each -> webhooks.stream().noneMatch(webhook -> webhook.name().equals(each.webhook)));
    turns.values().removeIf(turn -> !turn.isAlive());
    List<Thread> begun = new ArrayList<>();
    for (Webhook webhook : webhooks) {
      List<Waiting> due = of(webhook.name());
      boolean free = !paused(webhook.name()) && !turns.containsKey(webhook.name());
      if (free && !closed && !due.isEmpty()) {
        Thread turn =
            Thread.ofVirtual()
                .name("drover-webhook-" + webhook.name())
                .start(() -> take(webhook, due));
        turns.put(webhook.name(), turn);
        begun.add(turn);
      }
    }
    return begun;
  }

  /** Ends what is under way, and begins nothing more; the messages wait on. */
  synchronized void close() {
    closed = true;
    turns.values().forEach(Thread::interrupt);
  }

  /** In order: what comes after a message that must wait waits too. */
  private void take(Webhook webhook, List<Waiting> due) {
    HttpClient client = client();
    try {
      for (Waiting each : due) {
        if (waits(each) && !deliver(client, webhook, each)) {
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      client.shutdownNow(); // an answer that never ends would hold close() up
      client.close();
    }
  }

  private synchronized boolean waits(Waiting each) {
    return waiting.contains(each);
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

  /** Sends one; whether it need not wait any longer. */
  private boolean deliver(HttpClient client, Webhook webhook, Waiting each)
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
        return true;
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
            of(webhook.name()).size());
      }
      pauses.put(webhook.name(), new Pause(length, ticker.nanos() + length.toNanos()));
      return false;
    }
  }
}
