package dev.drover.exchange.account;

import dev.drover.admission.Admission;
import dev.drover.admission.QuotaReservation;
import dev.drover.catalog.Model;
import dev.drover.catalog.Plan;
import dev.drover.catalog.Target;
import dev.drover.dialect.HubRequest;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.Translation;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ToolNames;
import dev.drover.record.Outcome;
import dev.drover.routing.Decision;
import dev.drover.routing.Router;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.Translatable;
import dev.drover.state.stored.ResponseLocation;
import dev.drover.types.Bytes;
import dev.drover.types.Ticker;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An exchange whose plan is decided: what its streams share. The facts are immutable; the list of
 * attempts is thread-safe.
 */
public final class RoutedExchange {
  private final RequestContext request;
  private final RoutingRequest routingRequest;
  private final Admission admission;

  /** As the client sent it; null once the last possible attempt has answered. */
  private volatile @Nullable Bytes body;

  /**
   * The request that was last made for a target. Kept, since most exchanges have one attempt, which
   * two levels see.
   */
  private volatile @Nullable FittedRequest fitted;

  private volatile boolean over;
  private final Decision.Forward decision;
  private final CacheUse cacheUse;
  private final Ticker ticker;
  private final @Nullable ShadowComparison comparison;

  /** The decision's place in the primary's quota, while it waits for its attempt. */
  private final AtomicReference<@Nullable QuotaReservation> reservation;

  private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  private final List<Attempt> attemptsShown = Collections.unmodifiableList(attempts);

  /**
   * @param body as the client sent it
   */
  public RoutedExchange(
      RequestContext request,
      RoutingRequest routingRequest,
      Bytes body,
      Decision.Forward decision,
      CacheUse cacheUse,
      Admission admission,
      ExchangeContext context) {
    this.admission = admission;
    this.request = request;
    this.routingRequest = routingRequest;
    this.body = body;
    this.decision = decision;
    this.cacheUse = cacheUse;
    this.ticker = context.ticker();
    this.reservation = new AtomicReference<>(decision.reservation());
    this.comparison =
        decision.shadow() == null
            ? null
            : new ShadowComparison(request, routingRequest.model().name(), context.listener());
  }

  public String id() {
    return request.id();
  }

  public RequestContext request() {
    return request;
  }

  public RoutingRequest routingRequest() {
    return routingRequest;
  }

  public Model model() {
    return routingRequest.model();
  }

  public RequestFacts facts() {
    return routingRequest.facts();
  }

  public Plan plan() {
    return decision.plan();
  }

  public Decision.Forward decision() {
    return decision;
  }

  /** Returns how the exchange uses the cache. */
  public CacheUse cacheUse() {
    return cacheUse;
  }

  /**
   * Returns the comparison with the response of the shadow target; null when there is no shadow
   * target.
   */
  public @Nullable ShadowComparison comparison() {
    return comparison;
  }

  /** Attempts so far; there may be more at any time, never fewer. */
  public List<Attempt> attempts() {
    return attemptsShown;
  }

  /** Returns whether a silent attempt is joined by another instead of being given up. */
  public boolean hedged() {
    return model().hedgeMillis() > 0 && plan().targets().size() > 1;
  }

  /** Returns the time in milliseconds that Envoy waits for an attempt before it starts the next. */
  public long perTryMillis() {
    return hedged() ? model().hedgeMillis() : plan().perTryTimeoutMillis();
  }

  /** The attempt that answered; null when there was none at the target. */
  public @Nullable Attempt winner(@Nullable Target target) {
    Attempt found = null;
    for (Attempt attempt : attempts) {
      if (target != null && attempt.target().name().equals(target.name())) {
        found = attempt;
      }
    }
    return found;
  }

  /** The answer has begun: whoever has not answered by now has been outrun. */
  public void outrun(Attempt winner) {
    attempts.stream()
        .filter(attempt -> attempt != winner)
        .forEach(attempt -> attempt.finish(Outcome.OUTRUN));
  }

  /**
   * Ends every attempt that has no outcome yet with the given one. Called when no attempt has
   * succeeded.
   */
  public void failed(Outcome outcome) {
    attempts.forEach(attempt -> attempt.finish(outcome));
  }

  /**
   * Starts an attempt. Envoy starts the next one only when the one before has failed, unless it
   * hedges.
   */
  public Attempt begin(Target target) {
    for (Attempt earlier : attempts) {
      if (hedged()) {
        earlier.joined(model().hedgeMillis());
      } else {
        earlier.abandoned(plan().perTryTimeoutMillis());
      }
    }
    Router router = request.ruleset().router();
    Attempt attempt =
        new Attempt(
            target,
            target.provider().speaks(request.client()) ? request.clientKey() : null,
            credentialPlace(),
            router.estimates().begin(target, routingRequest),
            router.estimates().health(target),
            ticker,
            (outcome, latency) -> router.report(routingRequest.model(), target, outcome, latency));
    attempt.holds(place(target));
    attempts.add(attempt);
    if (over) { // the router-level stream closed meanwhile, on another thread
      attempt.finish(Outcome.CANCELLED);
    }
    return attempt;
  }

  /**
   * Returns the place of the credential that stored what the request refers to; empty when any will
   * do.
   */
  public String credentialPlace() {
    ResponseLocation storedAt = routingRequest.storedAt();
    return storedAt == null ? "" : storedAt.credential();
  }

  /** The last possible attempt has answered: nobody needs the body any more. */
  public void releaseBody() {
    body = null;
    fitted = null;
    if (routingRequest.translation() != null) {
      routingRequest.translation().hub().release();
    }
    request.held().release();
  }

  /** Copies what is said, where the deciding policy wants that in a trace that is kept. */
  public @Nullable Transcript transcript(ResponseHead head) {
    Bytes whole = body;
    boolean wanted = request.trace().sampled() && decision.trace().traceContent();
    return wanted && whole != null ? new Transcript(request.client(), whole, head) : null;
  }

  /** Returns whether the response has begun, after which no further attempt can come. */
  public boolean answered() {
    return body == null;
  }

  /**
   * Returns what a target gets, whichever level asks; null when the response has begun meanwhile.
   */
  public @Nullable FittedRequest upstream(Target target) {
    Bytes whole = body;
    if (whole == null) {
      return null;
    }
    FittedRequest last = fitted;
    if (last != null && last.target().equals(target)) {
      return last;
    }
    Translation translation = translation(target);
    UpstreamRequest made =
        translation.request(
            facts(),
            whole,
            hub(),
            request.query(),
            target.provider().path(translation.provider(), target.model()),
            target.asked(),
            asksUsage(target));
    UpstreamRequest upstream =
        new UpstreamRequest(
            made.method(), target.provider().withQuery(made.path()), made.headers(), made.body());
    FittedRequest fresh = new FittedRequest(target, upstream, upstream.body().parts(whole));
    fitted = fresh;
    if (answered()) { // on another thread, meanwhile: nothing of the body may stay
      fitted = null;
    }
    return fresh;
  }

  /** Returns the translation between the client and a target's provider. */
  public Translation translation(Target target) {
    return Translation.between(request.client(), target.provider().api(request.client()), facts());
  }

  /** Returns whether some target of the plan speaks another API than the client. */
  public boolean translated() {
    if (facts().bodyApi() != null) {
      return true;
    }
    List<Target> targets = plan().targets();
    for (int i = 0; i < targets.size(); i++) {
      if (!targets.get(i).provider().speaks(request.client())) {
        return true;
      }
    }
    return false;
  }

  private HubRequest hub() {
    return routingRequest.translation() == null
        ? HubRequest.NONE
        : routingRequest.translation().hub();
  }

  /** Returns the fields of the request that a target of another API did not get. */
  public List<String> droppedFields(Target target) {
    Translatable translation = routingRequest.translation();
    return translation == null || translation(target).isSame()
        ? List.of()
        : translation.hub().dropped();
  }

  /** Returns what a response must know of the request. */
  public ResponseContext responseContext(Target target) {
    Translatable translation = routingRequest.translation();
    return new ResponseContext(
        facts().stream(),
        facts().streamUsage() == null,
        request.id(),
        request.started().getEpochSecond(),
        request.ruleset().estimates().expectedInput(target, facts()),
        translation == null ? ToolNames.NONE : translation.hub().tools(),
        target.model());
  }

  /** Returns whether the target is asked for usage that the client did not request. */
  public boolean asksUsage(Target target) {
    return facts().streamUsage() != null && target.streamUsage() && translation(target).isSame();
  }

  /** The caller's place in its quotas. */
  public Admission admission() {
    return admission;
  }

  /** The attempt's place in its target's quota; null when that has none. */
  private @Nullable QuotaReservation place(Target target) {
    QuotaReservation secured = target.equals(plan().primary()) ? reservation.getAndSet(null) : null;
    return secured != null ? secured : request.ruleset().placeAt(target, routingRequest);
  }

  /** Releases the quota reservation and the breaker trials that no attempt has used. */
  public void giveBackUnused() {
    QuotaReservation unused = reservation.getAndSet(null);
    if (unused != null) {
      unused.release();
    }
    for (Target target : decision.trials()) {
      if (attempts.stream().noneMatch(attempt -> attempt.target().equals(target))) {
        request.ruleset().estimates().health(target).breaker().giveBack(ticker.nanos());
      }
    }
  }

  /** Ends all attempts that have no outcome yet. */
  public void finishAttempts(Outcome outcome) {
    over = true;
    attempts.forEach(attempt -> attempt.finish(outcome));
  }
}
