package dev.drover.alert;

import dev.drover.config.schema.AlertRuleConfig;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeListener;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.Outcome;
import dev.drover.state.health.CountWindow;
import dev.drover.state.health.Latencies;
import dev.drover.types.NanoDollars;
import dev.drover.types.Ticker;
import dev.drover.types.Usage;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** Collects the figures of finished exchanges that alert rules need. Thread-safe. */
final class Signals implements ExchangeListener {
  /** Fewer than that in a window say nothing. */
  static final int ENOUGH = 20;

  private static final double ONE_IN_A_HUNDRED = 0.01;
  private static final int SAMPLES = 1_000;

  /** The amount charged on one day, UTC. */
  private record Day(LocalDate day, NanoDollars amount) {
    Day plus(LocalDate today, NanoDollars more) {
      return new Day(today, today.equals(day) ? amount.plus(more) : more);
    }
  }

  private final Ticker ticker;
  private final InstantSource wall;
  private final Function<Rule, AlertRuleConfig> rules;
  private final Map<Rule, Map<String, CountWindow>> shares = new ConcurrentHashMap<>();
  private final Map<String, Latencies> durations = new ConcurrentHashMap<>();
  private final AtomicReference<Day> spent;

  /**
   * @param spentToday nano-dollars that are known to be spent since midnight, UTC
   */
  Signals(
      Ticker ticker, InstantSource wall, Function<Rule, AlertRuleConfig> rules, long spentToday) {
    this.ticker = ticker;
    this.wall = wall;
    this.rules = rules;
    this.spent = new AtomicReference<>(new Day(today(), new NanoDollars(spentToday)));
  }

  private LocalDate today() {
    return LocalDate.ofInstant(wall.instant(), ZoneOffset.UTC);
  }

  @Override
  public void finished(ExchangeRecord record) {
    NanoDollars charged = record.charged().cost();
    spent.updateAndGet(day -> day.plus(today(), charged));
    for (ExchangeRecord.AttemptRecord attempt : record.attempts()) {
      count(Rule.KEY_REJECTED, attempt.target(), attempt.outcome() == Outcome.CREDENTIAL_REJECTED);
    }
    String model = record.asked().model();
    boolean ours = record.ending() == Ending.REFUSED && record.status() >= 500;
    if (model == null
        || record.ending() == Ending.CANCELLED
        || (record.ending() == Ending.REFUSED && !ours)) {
      return; // the caller's own doing
    }
    count(
        Rule.ERROR_RATE,
        model,
        ours || record.ending() == Ending.FAILED || record.ending() == Ending.CUT);
    if (record.target() == null || record.attempts().isEmpty()) {
      return;
    }
    count(Rule.FAILOVERS, model, !record.attempts().getFirst().target().equals(record.target()));
    count(
        Rule.USAGE_MISSING,
        record.target(),
        record.usage().status() != Usage.Status.COMPLETE && record.ending() == Ending.COMPLETE);
    durations
        .computeIfAbsent(model, _ -> new Latencies(SAMPLES))
        .add(record.timing().durationNanos());
    count(
        Rule.SLOW,
        model,
        record.timing().durationNanos() > bound(Rule.SLOW) * TimeUnit.SECONDS.toNanos(1));
  }

  private void count(Rule rule, String subject, boolean bad) {
    shares
        .computeIfAbsent(rule, _ -> new ConcurrentHashMap<>())
        .computeIfAbsent(subject, _ -> new CountWindow())
        .add(bad, ticker.nanos(), rules.apply(rule).over().toNanos());
  }

  /** Shares above a bound, of subjects that were asked for often enough to tell. */
  List<Finding> shares(Rule rule, int enough) {
    long now = ticker.nanos();
    long over = rules.apply(rule).over().toNanos();
    List<Finding> found = new ArrayList<>();
    shares
        .getOrDefault(rule, Map.of())
        .forEach(
            (subject, window) -> {
              if (window.total(now, over) >= enough) {
                found.add(new Finding(subject, window.failedShare(now, over)));
              }
            });
    return found;
  }

  List<Finding> shares(Rule rule) {
    return shares(rule, ENOUGH);
  }

  private double bound(Rule rule) {
    BigDecimal above = rules.apply(rule).above();
    return above == null ? rule.above() : above.doubleValue();
  }

  /**
   * The 99th percentile of whole answers in seconds, of models of whose answers in the window more
   * than one in a hundred took longer than the bound.
   */
  List<Finding> durations() {
    List<Finding> found = new ArrayList<>();
    for (Finding asked : shares(Rule.SLOW)) {
      Latencies of = durations.get(asked.subject());
      if (of != null && asked.value() > ONE_IN_A_HUNDRED) {
        double p99 = (double) of.summary().p99() / TimeUnit.SECONDS.toNanos(1);
        found.add(new Finding(asked.subject(), Math.max(p99, Math.nextUp(bound(Rule.SLOW)))));
      }
    }
    return found;
  }

  /** Returns the amount charged since midnight, UTC. */
  NanoDollars spentToday() {
    return spent.updateAndGet(day -> day.plus(today(), NanoDollars.ZERO)).amount;
  }
}
