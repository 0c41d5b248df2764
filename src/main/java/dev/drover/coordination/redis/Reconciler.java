package dev.drover.coordination.redis;

import dev.drover.admission.AdmissionController;
import dev.drover.admission.Budget;
import dev.drover.admission.Quota;
import dev.drover.state.health.HealthRegistry;
import dev.drover.types.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tells Redis what this Drover knows and takes up what others do, now and then: that it lives, all
 * parts of budgets, the quotas of targets, which targets rest. Confined to one thread, which it
 * blocks.
 */
final class Reconciler {
  /** A member that was not heard of for so long is gone, and what it held is free. */
  static final Duration LIFE = Duration.ofSeconds(5);

  /** Budgets that one round brings together; the next round has others. */
  private static final int BUDGETS = 200;

  /**
   * The time after which a Redis has the budget parts of all live Drovers. A part that is still
   * missing then belongs to a Drover that is gone.
   */
  private static final Duration COMPLETE = LIFE;

  /** Rounds that are further apart have had a break between them. */
  private static final Duration LATE = Duration.ofSeconds(2);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** The requests and tokens taken of a quota here that Redis has been told. */
  private record Taken(long requests, long tokens) {}

  private final Keys keys;
  private final String instance;
  private final AdmissionController controller;
  private final Ticker ticker;
  private final SharedBackoffs backoffs;
  private final Map<String, BudgetCounters> counters = new HashMap<>();
  private final Map<Quota, Taken> taken = new HashMap<>();
  private final Set<String> filled = new HashSet<>();
  private final Set<String> forgotten = new HashSet<>();
  private final boolean fills;
  private long roundNanos;
  private boolean late;
  private String epoch = "";
  private int turn;

  /**
   * @param fills whether what is only known here is told as this Drover's own; not where all know
   *     it from a ledger that they share
   */
  Reconciler(
      Keys keys,
      String instance,
      AdmissionController controller,
      HealthRegistry health,
      boolean fills,
      Ticker ticker) {
    this.fills = fills;
    this.keys = keys;
    this.instance = instance;
    this.controller = controller;
    this.ticker = ticker;
    this.backoffs = new SharedBackoffs(health);
    this.roundNanos = ticker.nanos();
  }

  /**
   * Runs one round.
   *
   * @return the time that the first reply took, in nanoseconds
   * @throws ExecutionException when Redis refuses a script or is gone
   * @throws TimeoutException when Redis does not reply
   */
  long round(RedisConnection connection)
      throws ExecutionException, TimeoutException, InterruptedException {
    long before = ticker.nanos();
    ScriptReply beat = await(beat(connection));
    long took = ticker.nanos() - before;
    backoffs.heard(beat);
    String began = beat.text(1);
    boolean anew = !began.equals(epoch);
    if (anew) {
      backoffs.forget();
    }
    boolean complete =
        beat.number(0) - Long.parseLong(began) > TimeUnit.NANOSECONDS.toMicros(COMPLETE.toNanos());
    budgets(connection, anew, complete);
    late = before - roundNanos > LATE.toNanos();
    quotas(connection, anew);
    roundNanos = before;
    epoch = began; // not before it has been told all
    return took;
  }

  private static <T> T await(CompletableFuture<T> reply)
      throws ExecutionException, TimeoutException, InterruptedException {
    return reply.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private CompletableFuture<ScriptReply> beat(RedisConnection connection) {
    Arguments arguments =
        new Arguments()
            .key(keys.live())
            .key(keys.epoch())
            .key(keys.rests())
            .text(connection.member())
            .micros((double) LIFE.toNanos());
    backoffs.report(arguments, ticker.nanos());
    return connection.run(Script.BEAT, arguments);
  }

  private void budgets(RedisConnection connection, boolean anew, boolean complete)
      throws ExecutionException, TimeoutException, InterruptedException {
    List<Budget> all = controller.budgets().all();
    if (!anew) {
      share(connection, some(all), false, complete);
      return;
    }
    for (int i = 0; i < all.size(); i += BUDGETS) {
      share(connection, all.subList(i, Math.min(all.size(), i + BUDGETS)), true, complete);
    }
  }

  private void share(RedisConnection connection, List<Budget> some, boolean anew, boolean complete)
      throws ExecutionException, TimeoutException, InterruptedException {
    Map<Budget, CompletableFuture<ScriptReply>> asked = new LinkedHashMap<>();
    Instant now = controller.wall().instant();
    for (Budget budget : some) {
      boolean fill = fills && complete && !filled.contains(budget.name());
      boolean ofOthers = anew || forgotten.contains(budget.name());
      asked.put(budget, connection.run(Script.SHARE, parts(budget, now, ofOthers, fill)));
    }
    for (Map.Entry<Budget, CompletableFuture<ScriptReply>> each : asked.entrySet()) {
      String name = each.getKey().name();
      BudgetCounters all = counters.computeIfAbsent(name, _ -> new BudgetCounters());
      if (all.merge(await(each.getValue()))) {
        forgotten.remove(name);
      } else {
        forgotten.add(name);
      }
      all.tell(each.getKey(), now);
      if (complete) {
        filled.add(name);
      }
    }
  }

  private List<Budget> some(List<Budget> all) {
    List<Budget> some = new ArrayList<>();
    for (int i = 0; i < Math.min(BUDGETS, all.size()); i++) {
      some.add(all.get(Math.floorMod(turn + i, all.size())));
    }
    turn += some.size();
    return some;
  }

  private Arguments parts(Budget budget, Instant now, boolean ofOthers, boolean fill) {
    BudgetCounters all = counters.computeIfAbsent(budget.name(), _ -> new BudgetCounters());
    NavigableMap<Instant, Long> slots = budget.slots(now); // before own: own is part of it
    NavigableMap<Instant, Long> own = budget.own(now);
    all.own(instance, own);
    Arguments arguments =
        new Arguments()
            .key(keys.spent(budget))
            .number(own.firstKey().getEpochSecond())
            .number(PendingAdmission.ttlMillis(budget, now))
            .number(fill ? slots.size() : 0);
    if (fill) {
      long since = 0;
      for (Map.Entry<Instant, Long> slot : slots.descendingMap().entrySet()) {
        since += slot.getValue();
        arguments.text(BudgetCounters.name(slot.getKey(), instance + "/before")).number(since);
      }
    }
    all.all(instance, ofOthers).forEach((part, amount) -> arguments.text(part).number(amount));
    return arguments;
  }

  /**
   * Brings quotas together. This Drover counts the quotas of targets itself and reports them in
   * each round; other quotas are reported only when Redis has lost its data.
   */
  private void quotas(RedisConnection connection, boolean anew)
      throws ExecutionException, TimeoutException, InterruptedException {
    Map<Quota, CompletableFuture<ScriptReply>> asked = new LinkedHashMap<>();
    Set<Quota> ofTargets = new HashSet<>(controller.quotas().ofTargets());
    for (Quota quota : controller.quotas().all()) {
      boolean ofTarget = ofTargets.contains(quota);
      Quota.Rate requests = quota.requestRate();
      Quota.Rate tokens = quota.tokenRate();
      if ((!anew && !ofTarget) || (requests == null && tokens == null)) {
        continue;
      }
      Taken told = taken.getOrDefault(quota, new Taken(0, 0));
      Taken here = new Taken(quota.takenRequests(), quota.takenTokens());
      taken.put(quota, here); // a reply that is lost must not count it twice
      Arguments arguments = new Arguments().key(keys.requests(quota)).key(keys.tokens(quota));
      rate(arguments, requests, ofTarget ? here.requests - told.requests : 0, anew);
      rate(arguments, tokens, ofTarget ? here.tokens - told.tokens : 0, anew);
      asked.put(quota, connection.run(Script.RATE, arguments));
    }
    for (Map.Entry<Quota, CompletableFuture<ScriptReply>> each : asked.entrySet()) {
      Quota quota = each.getKey();
      ScriptReply reply = await(each.getValue());
      Taken told = taken.getOrDefault(quota, new Taken(0, 0));
      if (ofTargets.contains(quota)) {
        quota.seen(
            missing(reply, 0, quota.requestRate(), quota.takenRequests() - told.requests),
            missing(reply, 1, quota.tokenRate(), quota.takenTokens() - told.tokens));
      }
    }
  }

  private void rate(Arguments arguments, Quota.@Nullable Rate rate, long units, boolean atLeast) {
    double taken = rate == null ? 0 : units * rate.unitNanos();
    // after a break: what has come in again since is not owed
    arguments.micros(rate == null || !late ? taken : Math.min(taken, (double) rate.fullInNanos()));
    arguments.micros(rate == null || !atLeast ? 0 : (double) rate.fullInNanos());
  }

  private static long missing(
      ScriptReply reply, int index, Quota.@Nullable Rate rate, long takenMeanwhile) {
    double meanwhile = rate == null ? 0 : takenMeanwhile * rate.unitNanos();
    return Math.max(0, TimeUnit.MICROSECONDS.toNanos(reply.number(index)) + (long) meanwhile);
  }
}
