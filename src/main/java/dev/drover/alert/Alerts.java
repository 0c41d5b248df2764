package dev.drover.alert;

import dev.drover.config.schema.AlertRuleConfig;
import dev.drover.config.schema.AlertsConfig;
import dev.drover.credential.ProviderCredential;
import dev.drover.credential.Secrets;
import dev.drover.ledger.LedgerStatus;
import dev.drover.record.ExchangeListener;
import dev.drover.state.RuntimeState;
import dev.drover.types.Ticker;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all rules each second, and tells webhooks of what begins and of what is over. What has
 * been said, and what is still to be said, is kept over restarts. Thread-safe.
 */
public final class Alerts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Alerts.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** A rule and what it is about. */
  private record About(Rule rule, String subject) {
    String key() {
      return rule.label() + "|" + subject;
    }
  }

  /**
   * An alert that is due.
   *
   * @param said when its webhooks were told; null: not yet
   * @param told those webhooks
   */
  private record Active(
      String id, Instant since, double value, @Nullable Instant said, List<String> told) {}

  private final Supplier<AlertsConfig> config;
  private final Secrets secrets;
  private final Findings findings;
  private final Ticker ticker;
  private final InstantSource wall;
  private final Consumer<Map<String, Object>> store;
  private final Outbox outbox;
  private final Signals signals;
  private final Map<About, Active> active = new ConcurrentHashMap<>();
  private final Map<About, Instant> lastSaid = new ConcurrentHashMap<>();
  private final long startNanos;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean failing;

  /** Receives the results of sending messages. */
  public interface Listener {
    /** A message was sent, or was not taken. */
    void tried(String webhook, boolean delivered);
  }

  /**
   * @param credentials the credentials of providers
   * @param targets the names of those that may be asked now
   * @param stored what {@code store} was given last; an empty map at first
   * @param store keeps something over a restart; may throw {@link UncheckedIOException}
   */
  public Alerts(
      Supplier<AlertsConfig> config,
      Secrets secrets,
      Supplier<List<ProviderCredential>> credentials,
      RuntimeState state,
      Supplier<LedgerStatus> ledger,
      Supplier<Set<String>> targets,
      Map<String, Object> stored,
      Consumer<Map<String, Object>> store,
      Listener listener,
      Ticker ticker,
      InstantSource wall) {
    this.config = config;
    this.secrets = secrets;
    this.store = store;
    this.ticker = ticker;
    this.wall = wall;
    this.startNanos = ticker.nanos();
    this.outbox =
        new Outbox(
            stored.get("outbox") instanceof List<?> list ? list : List.of(),
            ticker,
            wall,
            listener::tried);
    this.signals = new Signals(ticker, wall, this::rule, spentBefore(stored));
    this.findings =
        new Findings(signals, credentials, state, ledger, targets, this::rule, ticker, wall);
    restore(stored.get("said"));
  }

  private long spentBefore(Map<String, Object> stored) {
    String today = wall.instant().toString().substring(0, "2026-01-01".length());
    return stored.get("spent") instanceof Map<?, ?> spent
            && today.equals(spent.get("day"))
            && spent.get("nano_usd") instanceof Number amount
        ? amount.longValue()
        : 0;
  }

  private void restore(@Nullable Object said) {
    if (!(said instanceof List<?> list)) {
      return;
    }
    for (Object each : list) {
      try {
        if (each instanceof Map<?, ?> map) {
          restore(map);
        }
      } catch (DateTimeException e) {
        log.warn("alerts: a stored one makes no sense: {}", e.getMessage());
      }
    }
  }

  private void restore(Map<?, ?> map) {
    for (Rule rule : Rule.values()) {
      if (rule.label().equals(map.get("rule"))) {
        About about = new About(rule, String.valueOf(map.get("subject")));
        Instant said = Instant.parse(String.valueOf(map.get("said")));
        lastSaid.put(about, said);
        if (map.get("since") != null) {
          List<String> told =
              map.get("told") instanceof List<?> names
                  ? names.stream().map(String::valueOf).toList()
                  : List.of();
          Instant since = Instant.parse(String.valueOf(map.get("since")));
          active.put(about, new Active(String.valueOf(map.get("id")), since, 0, said, told));
        }
      }
    }
  }

  private AlertRuleConfig rule(Rule rule) {
    AlertRuleConfig c = config.get().rules().get(rule.label());
    if (c == null) {
      throw new IllegalStateException(rule + ": not filled in (expected: by Defaults)");
    }
    return c;
  }

  /** Is told of exchanges. */
  public ExchangeListener listener() {
    return signals;
  }

  /** Begins to look, and to send. */
  public Alerts start() {
    threads.add(Thread.ofVirtual().name("drover-alerts").start(() -> loop(this::look)));
    threads.add(Thread.ofVirtual().name("drover-webhooks").start(() -> loop(() -> send())));
    return this;
  }

  private static void loop(Runnable turn) {
    try {
      while (true) {
        try {
          turn.run();
        } catch (RuntimeException e) { // a mistake of ours must not end the alerts
          log.error("alerts: go on after", e);
        }
        Thread.sleep(EVERY);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Begins to send what waits; on the threads given. */
  List<Thread> send() {
    return outbox.deliver(Webhooks.of(config.get(), secrets));
  }

  /** Looks at all rules once. */
  void look() {
    Instant now = wall.instant();
    Map<About, Double> found = new LinkedHashMap<>();
    for (Rule rule : Rule.values()) {
      AlertRuleConfig c = rule(rule);
      double above = above(rule, c);
      if (c.enabled()) {
        findings.of(rule).stream()
            .filter(finding -> finding.value() > above)
            .forEach(each -> found.put(new About(rule, each.subject()), each.value()));
      }
    }
    boolean changed = false;
    for (Map.Entry<About, Double> each : found.entrySet()) {
      changed |= due(each.getKey(), each.getValue(), now);
    }
    for (About about : Set.copyOf(active.keySet())) {
      boolean settled =
          ticker.nanos() - startNanos >= rule(about.rule).over().toNanos()
              || !rule(about.rule).enabled();
      boolean known = settled || !since(about).isBefore(start(now));
      if (!found.containsKey(about) && known) {
        changed |= over(about, now);
      }
    }
    if (changed) {
      save();
    }
  }

  private Instant since(About about) {
    Active each = active.get(about);
    return each == null ? Instant.MAX : each.since;
  }

  /**
   * Returns the time at which this process began to watch. An older alert cannot be resolved before
   * the rule's window is full.
   */
  private Instant start(Instant now) {
    return now.minusNanos(ticker.nanos() - startNanos);
  }

  private static double above(Rule rule, AlertRuleConfig c) {
    BigDecimal above = c.above();
    return above == null ? rule.above() : above.doubleValue();
  }

  /**
   * Updates an alert whose value is above its bound, and fires it when it is due. Returns whether
   * it fired.
   */
  private boolean due(About about, double value, Instant now) {
    AlertRuleConfig c = rule(about.rule);
    Duration lasts = c.forTime() == null ? about.rule.forTime() : c.forTime();
    Active before =
        active.getOrDefault(
            about, new Active(UUID.randomUUID().toString(), now, value, null, List.of()));
    Instant last = lastSaid.get(about);
    boolean ripe = !now.isBefore(before.since.plus(lasts));
    boolean quiet = last != null && now.isBefore(last.plus(c.quiet()));
    boolean tell = before.said == null && ripe && !quiet;
    List<String> to =
        c.to().isEmpty() ? List.copyOf(config.get().webhooks().keySet()) : List.copyOf(c.to());
    active.put(
        about,
        new Active(
            before.id, before.since, value, tell ? now : before.said, tell ? to : before.told));
    if (tell) {
      lastSaid.put(about, now);
      say("firing", about, before.id, value, before.since, now, to);
    }
    return tell;
  }

  /**
   * Ends an alert whose value is no longer above its bound. Returns whether it had fired and is
   * resolved now.
   */
  private boolean over(About about, Instant now) {
    Active gone = active.remove(about);
    if (gone == null || gone.said == null) {
      return false;
    }
    say("resolved", about, gone.id, gone.value, gone.since, now, gone.told);
    return true;
  }

  private void say(
      String status,
      About about,
      String id,
      double value,
      Instant since,
      Instant now,
      List<String> to) {
    Message message =
        new Message(
            id,
            status,
            about.rule.label(),
            about.subject,
            about.rule.summary(value, about.subject),
            about.rule.action(),
            value,
            above(about.rule, rule(about.rule)),
            about.rule.urgent(),
            since,
            now);
    log.warn("alert {}: {}: {}", message.status(), message.rule(), message.summary());
    to.forEach(webhook -> outbox.add(webhook, message));
  }

  /**
   * Returns the active alerts, today's spending and the number of waiting messages, as maps, text
   * and numbers.
   */
  public Map<String, Object> page() {
    List<Map<String, Object>> all = new ArrayList<>();
    Map<String, Map.Entry<About, Active>> sorted = new TreeMap<>();
    active.entrySet().forEach(each -> sorted.put(each.getKey().key(), each));
    sorted.values().forEach(each -> all.add(shown(each.getKey(), each.getValue())));
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("spent_today_usd", signals.spentToday().toUsd());
    page.put("alerts", all);
    page.put("messages_waiting", outbox.size());
    return page;
  }

  private static Map<String, Object> shown(About about, Active each) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("rule", about.rule.label());
    map.put("subject", about.subject);
    map.put("summary", about.rule.summary(each.value, about.subject));
    map.put("action", about.rule.action());
    map.put("since", each.since.toString());
    map.put("told", each.said == null ? null : each.said.toString());
    return map;
  }

  /** Alerts of a rule that people have been told of, or would have been. */
  public long firing(String rule) {
    return active.entrySet().stream()
        .filter(each -> each.getKey().rule.label().equals(rule) && each.getValue().said != null)
        .count();
  }

  /** Stores what has to survive a restart; a failure is logged once, and tried again. */
  public synchronized void save() {
    Instant now = wall.instant();
    lastSaid
        .entrySet()
        .removeIf(
            each ->
                !active.containsKey(each.getKey())
                    && each.getValue().plus(rule(each.getKey().rule).quiet()).isBefore(now));
    List<Map<String, Object>> said = new ArrayList<>();
    lastSaid.forEach(
        (about, at) -> {
          Map<String, Object> map = new LinkedHashMap<>();
          map.put("rule", about.rule.label());
          map.put("subject", about.subject);
          map.put("said", at.toString());
          Active each = active.get(about);
          if (each != null && each.said != null) {
            map.put("id", each.id);
            map.put("since", each.since.toString());
            map.put("told", each.told);
          }
          said.add(map);
        });
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("said", said);
    all.put("outbox", outbox.snapshot());
    all.put(
        "spent",
        Map.of(
            "day",
            wall.instant().toString().substring(0, "2026-01-01".length()),
            "nano_usd",
            signals.spentToday().value()));
    try {
      store.accept(all);
      failing = false;
    } catch (UncheckedIOException e) {
      if (!failing) {
        log.error("alerts: {}; they go on, but a restart would repeat some", e.getMessage());
      }
      failing = true;
    }
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    outbox.close();
    save();
  }
}
