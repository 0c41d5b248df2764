package dev.drover.exchange;

import dev.drover.admission.Admission;
import dev.drover.cache.CachedResponse;
import dev.drover.catalog.Target;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.account.FittedRequest;
import dev.drover.exchange.account.RequestContext;
import dev.drover.exchange.account.RoutedExchange;
import dev.drover.exchange.pipeline.AcquiredResources;
import dev.drover.exchange.pipeline.RefusedRequest;
import dev.drover.exchange.pipeline.RequestPipeline;
import dev.drover.exchange.pipeline.RequestStages.Allowed;
import dev.drover.exchange.pipeline.RequestStages.Routed;
import dev.drover.exchange.pipeline.StepResult;
import dev.drover.message.BodyChange;
import dev.drover.message.BodyMode;
import dev.drover.message.ExchangeMetadata;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.message.ProcessingModes;
import dev.drover.record.Ending;
import dev.drover.record.Outcome;
import dev.drover.types.Bytes;
import dev.drover.types.Wire;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An LLM request whose body is awaited. Holds the body until it is whole. */
final class AwaitingRequestBody implements Phase {
  private final ExchangeContext context;
  private final RequestContext request;
  private final @Nullable RefusedRequest refused;
  private final boolean bodyless;
  private boolean trailersFollow;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream(0);
  private Bytes body = Bytes.EMPTY;

  /**
   * @param refused why the request is refused when its body has come; null when it is not
   * @param bodyless whether the request ended with its headers
   */
  AwaitingRequestBody(
      ExchangeContext context,
      RequestContext request,
      @Nullable RefusedRequest refused,
      boolean bodyless) {
    this.context = context;
    this.request = request;
    this.refused = refused;
    this.bodyless = bodyless;
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
    long bytes = (long) held.size() + chunk.bytes().length();
    RefusedRequest tooLarge = RefusedRequest.held(request, Math.max(bytes, request.held().bytes()));
    if (tooLarge != null) {
      return new Refusal(context, request).because(tooLarge);
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
    return decide();
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
    return Transition.to(
        in.end() ? ended : new PassThrough(request.modes()), Outbound.headers(HeaderEdits.NONE));
  }

  /** Reads the body and decides where it goes. */
  Transition decide() {
    if (refused != null) {
      return new Refusal(context, request).because(refused);
    }
    body = whole();
    return proceed(new RequestPipeline(context, false).run(request, body));
  }

  /** Goes on with what the pipeline came to. */
  Transition proceed(StepResult<Routed> result) {
    return withTrailers(
        switch (result) {
          case StepResult.Continue<Routed>(Routed routed) -> forward(routed);
          case StepResult.Refuse<Routed>(RefusedRequest refused) ->
              new Refusal(context, request).because(refused);
          case StepResult.Reply<Routed>(Allowed allowed, CachedResponse stored, Bytes reply) ->
              new CacheReply(context).give(allowed, stored, reply);
          case StepResult.Answer<Routed>(Allowed allowed, Bytes answer) ->
              answered(allowed, answer);
          case StepResult.Await<Routed, ?> await -> new AwaitingAdmission<>(this, await).begin();
        });
  }

  /** Ends the exchange with what Drover itself says, for nothing. */
  private Transition answered(Allowed allowed, Bytes answer) {
    request.held().release();
    context
        .listener()
        .finished(
            request.untried(
                allowed.routing().model().name(),
                false,
                Ending.COMPLETE,
                200,
                null,
                null,
                context.ticker().nanos()));
    return Transition.to(new Ended(), Replies.estimate(request, answer));
  }

  /** Sends the request on its way. What it has taken is given back, whatever goes wrong. */
  private Transition forward(Routed routed) {
    Admission admission = routed.admitted().admission();
    try (AcquiredResources acquired = new AcquiredResources()) {
      acquired.add(admission::cancel);
      RoutedExchange exchange =
          new RoutedExchange(
              request,
              routed.admitted().allowed().routing(),
              body,
              routed.decision(),
              routed.admitted().missed().cacheUse(),
              admission,
              context);
      acquired.add(exchange::giveBackUnused);
      context.inFlight().put(exchange);
      acquired.add(() -> context.inFlight().remove(exchange));
      acquired.add(() -> exchange.finishAttempts(Outcome.CANCELLED));
      Transition transition = forwarded(exchange);
      acquired.keep();
      return transition;
    }
  }

  private Transition forwarded(RoutedExchange exchange) {
    FittedRequest upstream = upstream(exchange);
    List<Bytes> parts = upstream.parts();
    if (!request.ruleset().fallbacks()) {
      exchange.begin(exchange.plan().primary());
    }
    HeaderEdits edits = Forwarding.edits(exchange, upstream, context.wall().instant());
    Map<String, Object> metadata =
        new HashMap<>(
            new ExchangeMetadata(
                    exchange.id(),
                    request.client().name(),
                    exchange.credentialPlace(),
                    request.operation().suffix())
                .metadata());
    if (fullDuplex()
        && !bodyless) { // Envoy drops the header; the filters of the upstream level set it again
      metadata.put(Wire.CONTENT_LENGTH_KEY, upstream.length());
    }
    AwaitingResponse awaitingResponse = new AwaitingResponse(context, exchange);
    if (bodyless) {
      return Transition.to(
          awaitingResponse,
          new Outbound.HeadersResponse(strip().then(edits), null, true, null, metadata));
    }
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

  /**
   * Returns what goes on from here: what the primary gets, or the client's own body where targets
   * differ in their APIs. Each attempt makes its own of that, whichever Drover sees it.
   */
  private FittedRequest upstream(RoutedExchange exchange) {
    Target primary = exchange.plan().primary();
    return exchange.translated() && request.ruleset().fallbacks()
        ? new FittedRequest(
            primary,
            new UpstreamRequest(
                request.operation().method(), "", Map.of(), UpstreamRequest.UNCHANGED),
            List.of(body))
        : Objects.requireNonNull(exchange.upstream(primary));
  }

  private HeaderEdits strip() {
    return new HeaderEdits(request.headers().strip(), Map.of());
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
    request.held().release();
    long now = context.ticker().nanos();
    context.listener().finished(request.untried(null, false, ending, status, code, null, now));
    return new Ended();
  }

  private static String name(Inbound in) {
    return in.getClass().getSimpleName();
  }
}
