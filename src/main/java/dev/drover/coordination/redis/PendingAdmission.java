package dev.drover.coordination.redis;

import dev.drover.admission.Admission;
import dev.drover.admission.AdmissionController;
import dev.drover.admission.ApplicableLimits;
import dev.drover.admission.Budget;
import dev.drover.admission.Quota;
import dev.drover.admission.ReservationListener;
import dev.drover.cache.CachedResponse;
import dev.drover.coordination.Coordinator;
import dev.drover.types.Bytes;
import dev.drover.types.NanoDollars;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The admission of one request: the question to Redis, the reply, and the settlement. Belongs to
 * one connection at a time, or to none while this Drover counts alone. Thread-safe.
 */
final class PendingAdmission implements ReservationListener {
  /**
   * The rates of a quota when the request was admitted. A reload may change them before the request
   * ends.
   */
  private record Counted(Quota quota, double requestNanos, double tokenNanos, int most) {
    static Counted of(Quota quota) {
      Quota.Rate requests = quota.requestRate();
      Quota.Rate tokens = quota.tokenRate();
      return new Counted(
          quota,
          requests == null ? 0 : requests.unitNanos(),
          tokens == null ? 0 : tokens.unitNanos(),
          quota.mostInFlight());
    }
  }

  private final Keys keys;
  private final String instance;
  private final AdmissionController controller;
  private final ApplicableLimits applicable;
  private final List<Counted> asked = new ArrayList<>();
  private final Consumer<PendingAdmission> ended;
  private final AtomicBoolean settled = new AtomicBoolean();
  private volatile @Nullable RedisConnection connection;
  private volatile boolean over;
  private volatile long tokensMore;
  private volatile boolean cancelled;

  /** True when Redis has counted the request. Otherwise Redis has nothing to give back. */
  private volatile boolean counted;

  /**
   * @param instance whose part in budgets this is
   * @param ended is told when the request is over
   */
  PendingAdmission(
      Keys keys,
      String instance,
      AdmissionController controller,
      ApplicableLimits applicable,
      Consumer<PendingAdmission> ended) {
    this.keys = keys;
    this.instance = instance;
    this.controller = controller;
    this.applicable = applicable;
    this.ended = ended;
    applicable.quotas().forEach(quota -> asked.add(Counted.of(quota)));
  }

  /**
   * Returns a new admission of the same request, which the reply to the first question does not
   * affect.
   */
  PendingAdmission again() {
    return new PendingAdmission(keys, instance, controller, applicable, ended);
  }

  /** The connection in whose name it holds something; null: none. */
  @Nullable RedisConnection connection() {
    return connection;
  }

  /** For {@link Script#ADMIT}. */
  Arguments question(RedisConnection by, Coordinator.@Nullable Sought sought) {
    Arguments all = new Arguments().key(keys.live());
    all.key(sought == null ? keys.live() : keys.answer(sought.key()));
    all.text(by.member()).micros((double) Reconciler.LIFE.toNanos());
    List<String> sources = sought == null ? List.of() : sought.sources();
    all.number(sources.size());
    sources.forEach(all::text);
    all.number(asked.size()).number(applicable.request().tokens());
    for (Counted each : asked) {
      keys(all, each.quota);
      rate(all, each.quota.requestRate());
      rate(all, each.quota.tokenRate());
      all.number(each.most);
    }
    Instant now = controller.wall().instant();
    all.number(applicable.budgets().size());
    for (Budget budget : applicable.budgets()) {
      all.key(keys.spent(budget)).key(keys.reserved(budget));
      all.number(budget.limit(now)).number(applicable.amount(budget)).number(budget.spent(now));
      all.number(budget.reservesBound() ? 1 : 0);
      all.number(budget.degradeTo().isEmpty() ? 0 : 1);
      all.number(budget.start(now).getEpochSecond()).number(ttlMillis(budget, now));
    }
    return all;
  }

  private void keys(Arguments all, Quota quota) {
    all.key(keys.requests(quota)).key(keys.tokens(quota)).key(keys.places(quota));
  }

  private static void rate(Arguments all, Quota.@Nullable Rate rate) {
    all.micros(rate == null ? 0 : rate.unitNanos()).micros(rate == null ? 0 : rate.burstNanos());
  }

  /** As long as it counts, and a day, in which late settlements may come. */
  static long ttlMillis(Budget budget, Instant now) {
    return Duration.between(budget.start(now), budget.end(now)).plusDays(1).toMillis();
  }

  /** Takes the reply up. */
  Coordinator.Reply replied(RedisConnection by, ScriptReply reply) {
    return switch (reply.text(0)) {
      case "kept" -> kept(reply);
      case "full" -> new Coordinator.Reply.Decided(controller.refused(full(reply)));
      case "spent" -> {
        Budget budget = applicable.budgets().get((int) reply.number(1) - 1);
        yield new Coordinator.Reply.Decided(spent(budget, reply.number(2)));
      }
      default -> {
        connection = by;
        counted = true;
        yield new Coordinator.Reply.Decided(in(reply));
      }
    };
  }

  private static Coordinator.Reply kept(ScriptReply reply) {
    return new Coordinator.Reply.Kept(
        new CachedResponse(
            reply.text(2).equals("1"),
            reply.text(3),
            Bytes.of(reply.bytes(7)),
            reply.text(4),
            reply.text(5),
            new NanoDollars(reply.number(6))),
        TimeUnit.MILLISECONDS.toNanos(Math.max(1, reply.number(1))));
  }

  private Quota.Full full(ScriptReply reply) {
    Quota quota = applicable.quotas().get((int) reply.number(1) - 1);
    long wait = TimeUnit.MICROSECONDS.toNanos(reply.number(3));
    return switch (reply.text(2)) {
      case "places" -> quota.fullInFlight();
      case "requests" -> quota.fullRequests(wait);
      default -> quota.fullTokens(wait);
    };
  }

  private Admission.Result.Out spent(Budget budget, long spent) {
    Instant now = controller.wall().instant();
    return controller.refused(
        budget, applicable.amount(budget), new Budget.Level(spent, budget.limit(now)), now);
  }

  private Admission.Result in(ScriptReply reply) {
    int next = 1;
    for (Quota quota : applicable.quotas()) {
      quota.seen(
          TimeUnit.MICROSECONDS.toNanos(reply.number(next)),
          TimeUnit.MICROSECONDS.toNanos(reply.number(next + 1)));
      next += 2;
    }
    Instant now = controller.wall().instant();
    Map<Budget, Budget.Level> overdrawn = new LinkedHashMap<>();
    for (; next < reply.size(); next += 2) {
      Budget budget = applicable.budgets().get((int) reply.number(next) - 1);
      overdrawn.put(budget, new Budget.Level(reply.number(next + 1), budget.limit(now)));
    }
    return controller.admitted(applicable, overdrawn, this);
  }

  /** The reply came too late, or cannot be read: what it gave is given back. */
  void notTaken(RedisConnection by, ScriptReply reply) {
    if (reply.says("in")) {
      connection = by;
      counted = true;
      cancelled();
    }
  }

  @Override
  public void over(long more) {
    end(more);
  }

  @Override
  public void cancelled() {
    cancelled = true;
    end(-applicable.request().tokens());
  }

  private void end(long more) {
    tokensMore = Quota.sane(more);
    over = true;
    ended.accept(this);
  }

  /** Returns whether the request is over. */
  boolean isOver() {
    return over;
  }

  /** Claims the settlement; returns true to the first caller only, who must then settle. */
  boolean settling() {
    return settled.compareAndSet(false, true);
  }

  /**
   * Moves the admission to another connection and adds its places and reservations to {@code held}.
   */
  void moveTo(RedisConnection next, HeldReservations held) {
    connection = next;
    for (Counted each : asked) {
      if (each.most >= 0) {
        held.place(each.quota);
      }
    }
    applicable.budgets().forEach(budget -> held.reserve(budget, applicable.amount(budget)));
  }

  /** For {@link Script#SETTLE}. */
  Arguments settlement(RedisConnection by) {
    Arguments all = new Arguments().text(by.member()).number(asked.size());
    for (Counted each : asked) {
      keys(all, each.quota);
      all.micros(cancelled && counted ? -each.requestNanos : 0);
      all.micros((counted ? tokensMore : Math.max(0, tokensMore)) * each.tokenNanos);
      all.number(each.most < 0 ? 0 : 1);
    }
    Instant now = controller.wall().instant();
    all.number(applicable.budgets().size());
    for (Budget budget : applicable.budgets()) {
      NavigableMap<Instant, Long> own = budget.own(now);
      all.key(keys.spent(budget)).key(keys.reserved(budget));
      all.number(applicable.amount(budget));
      all.text(BudgetCounters.name(own.lastKey(), instance)).number(own.lastEntry().getValue());
      all.number(ttlMillis(budget, now));
    }
    return all;
  }
}
