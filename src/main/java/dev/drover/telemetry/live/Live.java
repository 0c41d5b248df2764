package dev.drover.telemetry.live;

import dev.drover.record.Ending;
import dev.drover.record.ExchangeListener;
import dev.drover.record.ExchangeRecord;
import dev.drover.state.health.Latencies;
import dev.drover.types.NanoDollars;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The last minutes, for people who look on: a row for each second, the last exchanges, and exact
 * percentiles over the last answers. Thread-safe. Its size is bounded; it holds no content.
 */
public final class Live implements ExchangeListener {
  private static final int SECONDS = 300;
  private static final int RECENT = 1_000;
  private static final int SHOWN = 40;
  private static final int SAMPLES = 1_000;

  /** Over how many seconds a row's percentiles are taken. */
  private static final int SMOOTH = 10;

  private static final double NANOS_PER_MILLI = 1e6;

  /** The count, cost and times of one target's complete responses. */
  private static final class Answers {
    private final LongAdder count = new LongAdder();
    private final LongAdder costNanos = new LongAdder();
    private final Latencies whole = new Latencies(SAMPLES);
    private final Latencies first = new Latencies(SAMPLES);
  }

  /** A row of the live page: the figures of one second, under a running number. */
  private record Row(long number, Map<String, Object> shown) {}

  /** Tells this process from the one before, whose rows had the same numbers. */
  private final String run;

  private final Map<String, Answers> targets = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final Latencies whole = new Latencies(SAMPLES);
  private final Latencies first = new Latencies(SAMPLES);
  private final LongAdder savedNanos = new LongAdder();

  /** Touched by {@link #tick} alone. */
  private final Deque<long[]> lately = new ArrayDeque<>();

  private long lastRow;

  // all below is guarded by this
  private final Deque<Row> rows = new ArrayDeque<>();
  private final Deque<ExchangeRecord> recent = new ArrayDeque<>();
  private Second now = new Second();

  public Live(InstantSource wall) {
    this.run = wall.instant().toString();
  }

  @Override
  public void finished(ExchangeRecord record) {
    count(record.ending().label());
    if (!record.cached().result().isEmpty()) {
      count(record.cached().result());
      savedNanos.add(record.cached().saved().value());
    }
    if (record.ending() == Ending.COMPLETE) {
      answered(record);
    }
    synchronized (this) {
      now.add(record);
      recent.addFirst(record);
      if (recent.size() > RECENT) {
        recent.removeLast();
      }
    }
  }

  private void answered(ExchangeRecord record) {
    long nanos = record.timing().durationNanos();
    whole.add(nanos);
    long firstNanos = record.timing().firstByteNanos();
    boolean streamed = record.asked().stream() && firstNanos >= 0;
    if (streamed) {
      first.add(firstNanos);
    }
    if (record.target() != null) {
      Answers answers = targets.computeIfAbsent(record.target(), _ -> new Answers());
      answers.count.increment();
      answers.costNanos.add(record.cost().value());
      answers.whole.add(nanos);
      if (streamed) {
        answers.first.add(firstNanos);
      }
    }
  }

  private void count(String what) {
    counts.computeIfAbsent(what, _ -> new LongAdder()).increment();
  }

  /** Times of whole answers, exact over the last thousand. */
  public Latencies.Summary durations() {
    return whole.summary();
  }

  /** Times to the first byte of streams, exact over the last thousand. */
  public Latencies.Summary firstTokens() {
    return first.summary();
  }

  /** Ends a second; to be called once in each. */
  public void tick() {
    Second ended;
    synchronized (this) {
      ended = now;
      now = new Second();
    }
    lately.addLast(ended.samples());
    if (lately.size() > SMOOTH) {
      lately.removeFirst();
    }
    Row row = row(ended);
    synchronized (this) {
      rows.addLast(row);
      if (rows.size() > SECONDS) {
        rows.removeFirst();
      }
    }
  }

  private Row row(Second second) {
    long[] sorted = lately.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    Map<String, Object> row = new LinkedHashMap<>();
    lastRow++;
    row.put("row", lastRow);
    row.put("ended", second.ended());
    row.put("failed", second.failed());
    row.put("refused", second.refused());
    row.put("hits", second.hits());
    row.put("cost_usd", new NanoDollars(second.costNanos()).toUsd());
    row.put("p50_ms", percentile(sorted, 0.50));
    row.put("p95_ms", percentile(sorted, 0.95));
    row.put("p99_ms", percentile(sorted, 0.99));
    row.put("targets", second.byTarget());
    return new Row(lastRow, row);
  }

  private static @Nullable Double percentile(long[] sorted, double share) {
    return sorted.length == 0
        ? null
        : sorted[(int) Math.ceil(share * sorted.length) - 1] / NANOS_PER_MILLI;
  }

  /**
   * Returns the live page as maps, text and numbers.
   *
   * @param after rows up to this number are known already
   */
  public Map<String, Object> page(long after) {
    Map<String, Object> page = new LinkedHashMap<>();
    Map<String, Long> totals = new TreeMap<>();
    counts.forEach((what, count) -> totals.put(what, count.sum()));
    page.put("run", run);
    page.put("totals", totals);
    page.put("saved_usd", new NanoDollars(savedNanos.sum()).toUsd());
    page.put("duration_ms", summary(whole.summary()));
    page.put("first_token_ms", summary(first.summary()));
    long all = targets.values().stream().mapToLong(each -> each.count.sum()).sum();
    Map<String, Object> shown = new TreeMap<>();
    targets.forEach((name, answers) -> shown.put(name, target(answers, all)));
    page.put("targets", shown);
    List<Row> shownRows;
    List<ExchangeRecord> shownRecords;
    synchronized (this) { // exchanges wait for it: copied here, written below
      shownRows = List.copyOf(rows);
      shownRecords = recent.stream().limit(SHOWN).toList();
    }
    page.put(
        "rows", shownRows.stream().filter(row -> row.number() > after).map(Row::shown).toList());
    page.put("recent", shownRecords.stream().map(ExchangePage::line).toList());
    return page;
  }

  /** An exchange of late with all that is known of it; null when it is none. */
  public @Nullable Map<String, Object> exchange(String id) {
    List<ExchangeRecord> all;
    synchronized (this) {
      all = new ArrayList<>(recent);
    }
    return all.stream()
        .filter(record -> record.id().equals(id))
        .findFirst()
        .map(ExchangePage::of)
        .orElse(null);
  }

  private static Map<String, Object> target(Answers answers, long all) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("answers", answers.count.sum());
    shown.put("share", all == 0 ? 0 : (double) answers.count.sum() / all);
    shown.put("cost_usd", new NanoDollars(answers.costNanos.sum()).toUsd());
    shown.put("duration_ms", summary(answers.whole.summary()));
    shown.put("first_token_ms", summary(answers.first.summary()));
    return shown;
  }

  private static Map<String, Object> summary(Latencies.Summary summary) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("count", summary.count());
    shown.put("p50", summary.p50() / NANOS_PER_MILLI);
    shown.put("p95", summary.p95() / NANOS_PER_MILLI);
    shown.put("p99", summary.p99() / NANOS_PER_MILLI);
    return shown;
  }
}
