package dev.drover.exchange;

import dev.drover.admission.Admission;
import dev.drover.admission.AdmissionRequest;
import dev.drover.admission.ApplicableLimits;
import dev.drover.catalog.Model;
import dev.drover.coordination.Coordinator;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.message.BodyChange;
import dev.drover.message.BodyMode;
import dev.drover.message.ExchangeMetadata;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.message.ProcessingModes;
import dev.drover.record.Ending;
import dev.drover.record.Outcome;
import dev.drover.routing.Decision;
import dev.drover.routing.Router;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.policy.PolicyResult;
import dev.drover.types.Bytes;
import dev.drover.types.PendingReply;
import dev.drover.types.Suggestion;
import dev.drover.types.Wire;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An LLM request whose body is awaited. Holds the body until it is whole. */
final class AwaitingRequestBody implements Phase {
  private static final int SHOWN_NAME = 100;

  private final ExchangeContext context;
  private final RequestContext request;
  private boolean trailersFollow;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream(0);
  private Bytes body = Bytes.EMPTY;

  AwaitingRequestBody(ExchangeContext context, RequestContext request) {
    this.context = context;
    this.request = request;
  }

  /** Answers the request's headers. In full-duplex mode that answer waits for the body. */
  Transition open() {
    if (fullDuplex()) {
      return Transition.to(this);
    }
    boolean asBuffered =
        request.modes().request() == BodyMode.BUFFERED
            || request.modes().request() == BodyMode.BUFFERED_PARTIAL;
    ProcessingModes override = asBuffered ? null : request.modes().withRequest(BodyMode.BUFFERED);
    return Transition.to(
        this, new Outbound.HeadersResponse(strip(), override, false, null, Map.of()));
  }

  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.RequestBody chunk -> chunk(chunk);
      case Inbound.RequestTrailers _ -> trailers();
      case Inbound.ResponseHeaders headers -> answeredEarly(headers);
      case Inbound.RequestHeaders _, Inbound.ResponseBody _, Inbound.ResponseTrailers _ ->
          Transition.to(
              finish(Ending.CANCELLED, 0),
              new Outbound.ProtocolError("request body awaited: " + name(in)));
      case Inbound.Replied _ -> Transition.to(this);
      case Inbound.Closed _ -> Transition.to(finish(Ending.CANCELLED, 0));
    };
  }

  private Transition chunk(Inbound.RequestBody chunk) {
    if (held.size() + chunk.bytes().length() > request.ruleset().maxBodyBytes()) {
      return refuse(
          413,
          "body_too_large",
          "body: over " + request.ruleset().maxBodyBytes() + " bytes (expected: at most that)");
    }
    hold(chunk);
    if (fullDuplex()) {
      return chunk.end() ? decide() : Transition.to(this);
    }
    if (!chunk.end() && request.modes().request() == BodyMode.BUFFERED_PARTIAL) {
      return refuse(
          413,
          "body_cut",
          "body: cut by the proxy after %d bytes (expected: a body within its buffer limit)"
              .formatted(held.size()));
    }
    if (!chunk.end() && request.modes().request() == BodyMode.STREAMED) {
      return refuse(
          500,
          "body_mode",
          "request_body_mode: STREAMED (expected: BUFFERED, or allow_mode_override)");
    }
    return decide();
  }

  private void hold(Inbound.RequestBody chunk) {
    if (held.size() == 0 && chunk.end()) {
      body = chunk.bytes();
    } else {
      held.write(chunk.bytes().array(), chunk.bytes().offset(), chunk.bytes().length());
    }
  }

  private Bytes whole() {
    return held.size() == 0 ? body : Bytes.of(held.toByteArray());
  }

  private Transition trailers() {
    trailersFollow = true;
    return withTrailers(decide());
  }

  /** The trailers that came are answered too, where the request goes on. */
  private Transition withTrailers(Transition transition) {
    boolean goesOn = transition.next() instanceof AwaitingResponse;
    if (!goesOn || !trailersFollow) {
      return transition;
    }
    List<Outbound> answers = new ArrayList<>(transition.answers());
    answers.add(new Outbound.TrailersResponse());
    return new Transition(transition.next(), answers);
  }

  /** Envoy answered the request itself, a body over its limit for one. */
  private Transition answeredEarly(Inbound.ResponseHeaders in) {
    int status = ResponseHeaders.status(in.headers());
    Ended ended =
        status < 500
            ? finish(Ending.REFUSED, status, Wire.ENVOY_CODE + status)
            : finish(Ending.FAILED, status, null);
    return Transition.to(ended, Outbound.headers(HeaderEdits.NONE));
  }

  /** Reads the body and decides where it goes. */
  Transition decide() {
    body = whole();
    return switch (request.client().parse(request.operation(), body)) {
      case ParseResult.Rejected r ->
          new Refusal(context, request).because(400, r.code(), r.message(), r.param());
      case ParseResult.Read(RequestFacts facts) -> route(facts);
    };
  }

  private Transition route(RequestFacts facts) {
    Model model = request.ruleset().catalog().model(facts.model());
    if (model == null) {
      return new Refusal(context, request).unknownModel(facts, unknown(facts.model()));
    }
    if (!request.origin().caller().mayUse(model.name())) {
      return new Refusal(context, request).notAllowed(facts, model.name());
    }
    RoutingRequest routingRequest =
        request
            .ruleset()
            .ask(request.id(), model, facts, body, request.wishes().hints(), request.origin());
    return switch (request.ruleset().router().judge(routingRequest)) {
      case Router.Judged.Denied(Decision.Refuse refuse) ->
          new Refusal(context, request).because(facts, model.name(), refuse);
      case Router.Judged.Allowed(PolicyResult policyResult) ->
          allowed(routingRequest, policyResult);
    };
  }

  private Transition allowed(RoutingRequest routingRequest, PolicyResult policyResult) {
    CacheUse use = CacheUse.of(request, routingRequest, policyResult, body);
    CacheReply reply = new CacheReply(context, request, routingRequest, policyResult);
    Transition kept = reply.find(use);
    if (kept != null) {
      return kept;
    }
    return admission(routingRequest, policyResult, use, reply.sought(use));
  }

  private Transition admission(
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      CacheUse use,
      Coordinator.@Nullable Sought sought) {
    ApplicableLimits applicable =
        request.ruleset().controller().claim(ticket(routingRequest, policyResult));
    PendingReply<Coordinator.Reply> others = context.coordinator().ask(applicable, sought);
    return others == null
        ? admitted(
            routingRequest, policyResult, use, request.ruleset().controller().admit(applicable))
        : new AwaitingAdmission(this, routingRequest, policyResult, use, others).begin();
  }

  private AdmissionRequest ticket(RoutingRequest routingRequest, PolicyResult policyResult) {
    Model model = routingRequest.model();
    long tokens =
        request.ruleset().estimates().expectedTokens(model.targets().getFirst(), routingRequest);
    long cost = request.ruleset().estimates().mostCostNanos(routingRequest);
    boolean paidTwice = model.hedgeMillis() > 0 && model.targets().size() > 1;
    int times = paidTwice ? 2 : 1;
    return new AdmissionRequest(
        request.origin().caller(), model.name(), policyResult.tags(), times * tokens, times * cost);
  }

  /** Goes on with an answer that another Drover has kept, unless a reload is against it by now. */
  Transition kept(
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      CacheUse use,
      Coordinator.Reply.Kept kept) {
    if (use.key() != null) {
      context.cache().put(use.key(), kept.answer(), kept.ttlNanos());
    }
    Transition given =
        new CacheReply(context, request, routingRequest, policyResult).give(kept.answer());
    return given != null ? given : withTrailers(admission(routingRequest, policyResult, use, null));
  }

  /** Goes on with what other Drovers have counted. */
  Transition replied(
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      CacheUse use,
      Admission.Result result) {
    return withTrailers(admitted(routingRequest, policyResult, use, result));
  }

  private Transition admitted(
      RoutingRequest routingRequest,
      PolicyResult policyResult,
      CacheUse use,
      Admission.Result result) {
    return switch (result) {
      case Admission.Result.Out out ->
          new Refusal(context, request)
              .limited(routingRequest.facts(), routingRequest.model().name(), out);
      case Admission.Result.In(Admission admission) ->
          decide(routingRequest, policyResult, use, admission);
    };
  }

  private Transition decide(
      RoutingRequest routingRequest, PolicyResult policyResult, CacheUse use, Admission admission) {
    try {
      return decided(routingRequest, policyResult, use, admission);
    } catch (RuntimeException e) {
      admission.cancel();
      throw e;
    }
  }

  private Transition decided(
      RoutingRequest routingRequest, PolicyResult policyResult, CacheUse use, Admission admission) {
    Admission.Degraded degraded = admission.degraded();
    PolicyResult within = degraded == null ? policyResult : policyResult.within(degraded.targets());
    return switch (request.ruleset().router().choose(routingRequest, within)) {
      case Decision.Refuse _ when degraded != null -> {
        admission.cancel();
        yield new Refusal(context, request)
            .limited(routingRequest.facts(), routingRequest.model().name(), degraded.otherwise());
      }
      case Decision.Refuse refuse -> {
        admission.cancel();
        yield new Refusal(context, request)
            .because(routingRequest.facts(), routingRequest.model().name(), refuse);
      }
      case Decision.Forward forward ->
          forward(
              new RoutedExchange(request, routingRequest, body, forward, use, admission, context));
    };
  }

  private String unknown(String name) {
    String shown = name.length() > SHOWN_NAME ? name.substring(0, SHOWN_NAME) + "…" : name;
    return "model: \""
        + shown
        + "\" (expected: a model listed at /v1/models"
        + Suggestion.hint(shown, request.ruleset().catalog().modelNames())
        + ")";
  }

  private Transition forward(RoutedExchange exchange) {
    context.inFlight().put(exchange);
    try {
      return forwarded(exchange);
    } catch (RuntimeException e) {
      exchange.finishAttempts(Outcome.CANCELLED);
      exchange.giveBackUnused();
      context.inFlight().remove(exchange);
      throw e;
    }
  }

  private Transition forwarded(RoutedExchange exchange) {
    FittedRequest upstream = Objects.requireNonNull(exchange.upstream(exchange.plan().primary()));
    List<Bytes> parts = upstream.parts();
    if (!request.ruleset().fallbacks()) {
      exchange.begin(exchange.plan().primary());
    }
    HeaderEdits edits = Forwarding.edits(exchange, upstream, context.wall().instant());
    Map<String, Object> metadata =
        new ExchangeMetadata(exchange.id(), request.client().name(), request.operation().suffix())
            .metadata();
    AwaitingResponse awaitingResponse = new AwaitingResponse(context, exchange);
    if (fullDuplex()) {
      return Transition.to(
          awaitingResponse,
          new Outbound.HeadersResponse(strip().then(edits), null, true, null, metadata),
          Outbound.body(new BodyChange.Stream(parts, !trailersFollow)));
    }
    BodyChange change =
        switch (upstream.request().body()) {
          case UpstreamRequest.Body.Unchanged _ -> BodyChange.KEEP;
          case UpstreamRequest.Body.Rope(List<Bytes> rope) -> new BodyChange.Replace(rope);
        };
    return Transition.to(
        awaitingResponse, new Outbound.BodyResponse(change, edits, true, metadata));
  }

  private HeaderEdits strip() {
    return new HeaderEdits(request.strip(), Map.of());
  }

  private boolean fullDuplex() {
    return request.modes().request() == BodyMode.FULL_DUPLEX_STREAMED;
  }

  private Transition refuse(int status, String code, String message) {
    return new Refusal(context, request).because(status, code, message, null);
  }

  /** The stream ends before the request went anywhere. */
  Ended finish(Ending ending, int status) {
    return finish(ending, status, null);
  }

  private Ended finish(Ending ending, int status, @Nullable String code) {
    long now = context.ticker().nanos();
    context.listener().finished(request.untried(null, false, ending, status, code, null, now));
    return new Ended();
  }

  private static String name(Inbound in) {
    return in.getClass().getSimpleName();
  }
}
