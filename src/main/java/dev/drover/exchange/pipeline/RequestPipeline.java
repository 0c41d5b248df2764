package dev.drover.exchange.pipeline;

import dev.drover.admission.Admission;
import dev.drover.admission.AdmissionRequest;
import dev.drover.admission.ApplicableLimits;
import dev.drover.cache.CachedResponse;
import dev.drover.catalog.Model;
import dev.drover.catalog.Target;
import dev.drover.coordination.Coordinator;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.RequestFacts;
import dev.drover.exchange.account.CacheUse;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.account.RequestContext;
import dev.drover.exchange.pipeline.RequestStages.Admitted;
import dev.drover.exchange.pipeline.RequestStages.Allowed;
import dev.drover.exchange.pipeline.RequestStages.Authorized;
import dev.drover.exchange.pipeline.RequestStages.Located;
import dev.drover.exchange.pipeline.RequestStages.Missed;
import dev.drover.exchange.pipeline.RequestStages.Parsed;
import dev.drover.exchange.pipeline.RequestStages.Routed;
import dev.drover.routing.Decision;
import dev.drover.routing.Router;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.Ruleset;
import dev.drover.routing.policy.PolicyResult;
import dev.drover.types.Bytes;
import dev.drover.types.PendingReply;
import dev.drover.types.Suggestion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a request from its body to a plan: parse, locate, authorize, policy, cache lookup, admit,
 * route. The server and {@code explain} run the same steps. Immutable, thread-safe.
 *
 * @param explaining whether nothing is reserved, counted, claimed or asked of other Drovers
 */
public record RequestPipeline(ExchangeContext context, boolean explaining) {
  private static final int SHOWN_NAME = 100;

  /** Runs all steps. */
  public StepResult<Routed> run(RequestContext request, Bytes body) {
    return parse(request, body)
        .then(this::locate)
        .then(this::authorize)
        .then(this::policy)
        .then(this::lookup)
        .then(this::admit)
        .then(this::route);
  }

  /** Reads the body. */
  private StepResult<Parsed> parse(RequestContext request, Bytes body) {
    return switch (request.client().parse(request.operation(), request.variables(), body)) {
      case ParseResult.Rejected(String code, String message, String param) ->
          new StepResult.Refuse<>(RefusedRequest.unread(400, code, message, param));
      case ParseResult.Read(RequestFacts facts) ->
          new StepResult.Continue<>(new Parsed(request, body, facts));
    };
  }

  /** Finds where the stored responses are that the request refers to. */
  private StepResult<Located> locate(Parsed parsed) {
    return new Referring(context, parsed).locate(explaining);
  }

  /** Finds the model, and whether the caller may use it. */
  private StepResult<Authorized> authorize(Located located) {
    Parsed parsed = located.parsed();
    RequestContext request = parsed.request();
    RequestFacts facts = parsed.facts();
    Model model = request.ruleset().catalog().model(facts.model());
    if (model == null) {
      return new StepResult.Refuse<>(
          RefusedRequest.unknownModel(unknown(request.ruleset(), facts.model()), facts));
    }
    if (!request.origin().caller().mayUse(model.name())) {
      return new StepResult.Refuse<>(
          RefusedRequest.notAllowed(request.origin().caller().identity(), facts, model.name()));
    }
    return new StepResult.Continue<>(new Authorized(located, model));
  }

  /** Asks the policies. */
  private StepResult<Allowed> policy(Authorized authorized) {
    Parsed parsed = authorized.parsed();
    RequestContext request = parsed.request();
    RoutingRequest routing =
        request
            .ruleset()
            .routingRequest(
                request.id(),
                request.client(),
                authorized.model(),
                parsed.facts(),
                parsed.body(),
                explaining ? request.wishes().hints().explained() : request.wishes().hints(),
                request.origin(),
                authorized.located().storedAt());
    return switch (request.ruleset().router().judge(routing)) {
      case Router.Judged.Denied(Decision.Refuse refuse) ->
          new StepResult.Refuse<>(
              RefusedRequest.by(refuse, parsed.facts(), authorized.model().name()));
      case Router.Judged.Allowed(PolicyResult policy) ->
          new StepResult.Continue<>(new Allowed(parsed, routing, policy));
    };
  }

  /** Looks for a stored response. */
  private StepResult<Missed> lookup(Allowed allowed) {
    RequestContext request = allowed.request();
    if (request.operation().kind() == Operation.Kind.COUNT && !countable(allowed)) {
      Target first = allowed.routing().model().targets().getFirst();
      long tokens = request.ruleset().estimates().mostInput(first, allowed.facts());
      return new StepResult.Answer<>(allowed, request.client().tokenCount(tokens));
    }
    CacheUse use =
        CacheUse.of(
            allowed.request(), allowed.routing(), allowed.policy(), allowed.parsed().body());
    CachedResponse stored =
        use.key() == null || !use.find() ? null : context.cache().find(use.key());
    Bytes body = stored == null ? null : new StoredResponses(allowed).body(stored);
    return stored == null || body == null
        ? new StepResult.Continue<>(new Missed(allowed, use))
        : new StepResult.Reply<>(allowed, stored, body);
  }

  /** Returns whether the targets of the client's API can count the tokens of a prompt. */
  private static boolean countable(Allowed allowed) {
    ClientApi client = allowed.request().client();
    List<Target> own =
        allowed.routing().model().targets().stream()
            .filter(target -> target.enabled() && target.provider().speaks(client))
            .toList();
    return !own.isEmpty()
        && own.stream()
            .allMatch(
                target -> target.provider().api(client).serves(allowed.request().operation()));
  }

  /** Asks limits and budgets for room, here or together with other Drovers. */
  private StepResult<Admitted> admit(Missed missed) {
    return admit(missed, new StoredResponses(missed.allowed()).sought(missed.cacheUse()));
  }

  private StepResult<Admitted> admit(Missed missed, Coordinator.@Nullable Sought sought) {
    Ruleset ruleset = missed.allowed().request().ruleset();
    ApplicableLimits applicable = ruleset.controller().applicable(needs(missed.allowed()));
    if (explaining) {
      return admitted(missed, ruleset.controller().preview(applicable));
    }
    PendingReply<Coordinator.Reply> others = context.coordinator().ask(applicable, sought);
    return others == null
        ? admitted(missed, ruleset.controller().admit(applicable))
        : new StepResult.Await<>(others, reply -> replied(missed, reply), RequestPipeline::release);
  }

  private static AdmissionRequest needs(Allowed allowed) {
    RoutingRequest routing = allowed.routing();
    Model model = routing.model();
    Ruleset ruleset = allowed.request().ruleset();
    long tokens = ruleset.estimates().expectedTokens(model.targets().getFirst(), routing);
    long cost = ruleset.estimates().mostCostNanos(routing);
    if (allowed.request().operation().isFree()) {
      return new AdmissionRequest(
          allowed.request().origin().caller(),
          model.name(),
          allowed.policy().tags(),
          0,
          0,
          new AdmissionRequest.Bound(0, 0));
    }
    boolean paidTwice = model.hedgeMillis() > 0 && model.targets().size() > 1;
    int times = paidTwice ? 2 : 1;
    return new AdmissionRequest(
        allowed.request().origin().caller(),
        model.name(),
        allowed.policy().tags(),
        times * tokens,
        times * cost,
        ruleset.estimates().bound(routing, times));
  }

  private StepResult<Admitted> replied(Missed missed, Coordinator.Reply reply) {
    return switch (reply) {
      case Coordinator.Reply.Kept kept -> {
        if (missed.cacheUse().key() != null) {
          context.cache().put(missed.cacheUse().key(), kept.answer(), kept.ttlNanos());
        }
        Bytes body = new StoredResponses(missed.allowed()).body(kept.answer());
        yield body == null // a reload is against it by now
            ? admit(missed, null)
            : new StepResult.Reply<>(missed.allowed(), kept.answer(), body);
      }
      case Coordinator.Reply.Decided(Admission.Result result) -> admitted(missed, result);
    };
  }

  private static void release(Coordinator.Reply reply) {
    if (reply instanceof Coordinator.Reply.Decided(Admission.Result.In(Admission admission))) {
      admission.cancel();
    }
  }

  private static StepResult<Admitted> admitted(Missed missed, Admission.Result result) {
    Allowed allowed = missed.allowed();
    return switch (result) {
      case Admission.Result.Out out ->
          new StepResult.Refuse<>(
              RefusedRequest.limited(out, allowed.facts(), allowed.routing().model().name()));
      case Admission.Result.In(Admission admission) ->
          new StepResult.Continue<>(new Admitted(missed, admission));
    };
  }

  /** Chooses the targets. An admission that leads nowhere is given back, whatever went wrong. */
  private StepResult<Routed> route(Admitted admitted) {
    try (AcquiredResources acquired = new AcquiredResources()) {
      acquired.add(admitted.admission()::cancel);
      StepResult<Routed> result = chosen(admitted);
      if (result instanceof StepResult.Continue<Routed>) {
        acquired.keep();
      }
      return result;
    }
  }

  private StepResult<Routed> chosen(Admitted admitted) {
    Allowed allowed = admitted.allowed();
    Admission.Degraded degraded = admitted.admission().degraded();
    PolicyResult within =
        degraded == null ? allowed.policy() : allowed.policy().within(degraded.targets());
    Router router = allowed.request().ruleset().router();
    Decision decision =
        explaining
            ? router.preview(allowed.routing(), within)
            : router.choose(allowed.routing(), within);
    String model = allowed.routing().model().name();
    return switch (decision) {
      case Decision.Refuse _ when degraded != null ->
          new StepResult.Refuse<>(
              RefusedRequest.limited(degraded.otherwise(), allowed.facts(), model));
      case Decision.Refuse refuse ->
          new StepResult.Refuse<>(RefusedRequest.by(refuse, allowed.facts(), model));
      case Decision.Forward forward -> new StepResult.Continue<>(new Routed(admitted, forward));
    };
  }

  /** Returns what a message repeats of a client's name for something. */
  static String shown(String name) {
    return name.length() > SHOWN_NAME ? name.substring(0, SHOWN_NAME) + "…" : name;
  }

  private static String unknown(Ruleset ruleset, String name) {
    String shown = shown(name);
    return "model: \""
        + shown
        + "\" (expected: a model listed at /v1/models"
        + Suggestion.hint(shown, ruleset.catalog().modelNames())
        + ")";
  }
}
