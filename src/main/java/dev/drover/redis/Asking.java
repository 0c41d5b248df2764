package dev.drover.redis;

import dev.drover.admission.Admission;
import dev.drover.admission.Budget;
import dev.drover.admission.Claim;
import dev.drover.admission.Desk;
import dev.drover.admission.Place;
import dev.drover.admission.Quota;
import dev.drover.cache.CachedAnswer;
import dev.drover.exchange.Joint;
import dev.drover.types.Bytes;
import dev.drover.types.NanoDollars;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request's admission over one connection: the question, the reply, and the end. */
final class Asking implements Place {
  private static final long NONE = -1;

  private final Link link;
  private final Keys keys;
  private final String instance;
  private final Desk desk;
  private final Claim claim;
  private final Consumer<Asking> ended;
  private long tokensMore;
  private boolean cancelled;

  /**
   * @param instance whose part in budgets this is
   * @param ended is told when the request is over
   */
  Asking(Link link, Keys keys, String instance, Desk desk, Claim claim, Consumer<Asking> ended) {
    this.link = link;
    this.keys = keys;
    this.instance = instance;
    this.desk = desk;
    this.claim = claim;
    this.ended = ended;
  }

  Link link() {
    return link;
  }

  /** For {@link Script#ADMIT}. */
  Arguments question(Joint.@Nullable Sought sought) {
    Arguments all = new Arguments().key(keys.live());
    all.key(sought == null ? keys.live() : keys.answer(sought.key())).text(link.member());
    List<String> sources = sought == null ? List.of() : sought.sources();
    all.number(sources.size());
    sources.forEach(all::text);
    all.number(claim.quotas().size()).number(claim.ticket().tokens());
    for (Quota quota : claim.quotas()) {
      all.key(keys.requests(quota)).key(keys.tokens(quota)).key(keys.places(quota));
      rate(all, quota.requestRate());
      rate(all, quota.tokenRate());
      all.number(quota.mostInFlight());
    }
    Instant now = desk.wall().instant();
    all.number(claim.budgets().size());
    for (Budget budget : claim.budgets()) {
      all.key(keys.spent(budget)).key(keys.reserved(budget));
      all.number(budget.limit(now)).number(claim.amount(budget));
      all.number(budget.degradeTo().isEmpty() ? 0 : 1);
      all.number(budget.start(now).getEpochSecond()).number(ttlMillis(budget, now));
    }
    return all;
  }

  private static void rate(Arguments all, Quota.@Nullable Rate rate) {
    all.micros(rate == null ? 0 : rate.unitNanos()).micros(rate == null ? 0 : rate.burstNanos());
  }

  /** As long as it counts, and a day, in which late settlements may come. */
  static long ttlMillis(Budget budget, Instant now) {
    return Duration.between(budget.start(now), budget.end(now)).plusDays(1).toMillis();
  }

  /** Takes the reply up. */
  Joint.Reply replied(Reply reply) {
    return switch (reply.text(0)) {
      case "kept" -> kept(reply);
      case "full" -> new Joint.Reply.Decided(desk.refused(full(reply)));
      case "spent" -> {
        Budget budget = claim.budgets().get((int) reply.number(1) - 1);
        yield new Joint.Reply.Decided(spent(budget, reply.number(2)));
      }
      default -> new Joint.Reply.Decided(in(reply));
    };
  }

  private static Joint.Reply kept(Reply reply) {
    return new Joint.Reply.Kept(
        new CachedAnswer(
            reply.text(2).equals("1"),
            reply.text(3),
            Bytes.of(reply.bytes(7)),
            reply.text(4),
            reply.text(5),
            new NanoDollars(reply.number(6))),
        TimeUnit.MILLISECONDS.toNanos(Math.max(1, reply.number(1))));
  }

  private Quota.Full full(Reply reply) {
    Quota quota = claim.quotas().get((int) reply.number(1) - 1);
    long wait = TimeUnit.MICROSECONDS.toNanos(reply.number(3));
    return switch (reply.text(2)) {
      case "places" -> quota.fullInFlight();
      case "requests" -> quota.fullRequests(wait);
      default -> quota.fullTokens(wait);
    };
  }

  private Admission.Result.Out spent(Budget budget, long spent) {
    Instant now = desk.wall().instant();
    return desk.refused(
        budget, claim.amount(budget), new Budget.Level(spent, budget.limit(now)), now);
  }

  private Admission.Result in(Reply reply) {
    int next = 1;
    for (Quota quota : claim.quotas()) {
      quota.seen(
          TimeUnit.MICROSECONDS.toNanos(reply.number(next)),
          TimeUnit.MICROSECONDS.toNanos(reply.number(next + 1)));
      next += 2;
    }
    Instant now = desk.wall().instant();
    Map<Budget, Budget.Level> overdrawn = new LinkedHashMap<>();
    for (; next < reply.size(); next += 2) {
      Budget budget = claim.budgets().get((int) reply.number(next) - 1);
      overdrawn.put(budget, new Budget.Level(reply.number(next + 1), budget.limit(now)));
    }
    return desk.admitted(claim, overdrawn, this);
  }

  /** The reply came too late: what it gave is given back. */
  void tooLate(Reply reply) {
    if (reply.text(0).equals("in")) {
      cancelled();
    }
  }

  @Override
  public void over(long more) {
    tokensMore = more;
    ended.accept(this);
  }

  @Override
  public void cancelled() {
    cancelled = true;
    tokensMore = -claim.ticket().tokens();
    ended.accept(this);
  }

  /** For {@link Script#SETTLE}. */
  Arguments settlement() {
    Arguments all = new Arguments().text(link.member()).number(claim.quotas().size());
    for (Quota quota : claim.quotas()) {
      all.key(keys.requests(quota)).key(keys.tokens(quota)).key(keys.places(quota));
      Quota.Rate requests = quota.requestRate();
      Quota.Rate tokens = quota.tokenRate();
      all.micros(requests == null || !cancelled ? 0 : NONE * requests.unitNanos());
      all.micros(tokens == null ? 0 : tokensMore * tokens.unitNanos());
      all.number(quota.mostInFlight() < 0 ? 0 : 1);
    }
    Instant now = desk.wall().instant();
    all.number(claim.budgets().size());
    for (Budget budget : claim.budgets()) {
      NavigableMap<Instant, Long> own = budget.own(now);
      all.key(keys.spent(budget)).key(keys.reserved(budget));
      all.number(claim.amount(budget));
      all.text(Parts.name(own.lastKey(), instance)).number(own.lastEntry().getValue());
      all.number(ttlMillis(budget, now));
    }
    return all;
  }
}
