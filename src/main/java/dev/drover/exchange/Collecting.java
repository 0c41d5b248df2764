package dev.drover.exchange;

import dev.drover.admission.Admission;
import dev.drover.admission.Claim;
import dev.drover.admission.Ticket;
import dev.drover.catalog.Model;
import dev.drover.coordination.Joint;
import dev.drover.dialect.Reading;
import dev.drover.dialect.RequestFacts;
import dev.drover.message.BodyChange;
import dev.drover.message.BodyMode;
import dev.drover.message.Handover;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Modes;
import dev.drover.message.Outbound;
import dev.drover.record.Ending;
import dev.drover.record.Outcome;
import dev.drover.routing.Ask;
import dev.drover.routing.Decision;
import dev.drover.routing.Router;
import dev.drover.routing.policy.Verdict;
import dev.drover.types.Bytes;
import dev.drover.types.PendingReply;
import dev.drover.types.Suggestion;
import dev.drover.types.Wire;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An LLM request whose body is awaited. Holds the body until it is whole. */
final class Collecting implements Phase {
  private static final int SHOWN_NAME = 100;

  private final ExchangeContext context;
  private final Call call;
  private boolean trailersFollow;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream(0);
  private Bytes body = Bytes.EMPTY;

  Collecting(ExchangeContext context, Call call) {
    this.context = context;
    this.call = call;
  }

  /** Answers the request's headers. In full-duplex mode that answer waits for the body. */
  Step open() {
    if (fullDuplex()) {
      return Step.to(this);
    }
    boolean asBuffered =
        call.modes().request() == BodyMode.BUFFERED
            || call.modes().request() == BodyMode.BUFFERED_PARTIAL;
    Modes override = asBuffered ? null : call.modes().withRequest(BodyMode.BUFFERED);
    return Step.to(this, new Outbound.HeadersAnswer(strip(), override, false, null, Map.of()));
  }

  @Override
  public Step on(Inbound in) {
    return switch (in) {
      case Inbound.RequestBody chunk -> chunk(chunk);
      case Inbound.RequestTrailers _ -> trailers();
      case Inbound.ResponseHeaders headers -> answeredEarly(headers);
      case Inbound.RequestHeaders _, Inbound.ResponseBody _, Inbound.ResponseTrailers _ ->
          Step.to(
              finish(Ending.CANCELLED, 0),
              new Outbound.ProtocolError("request body awaited: " + name(in)));
      case Inbound.Replied _ -> Step.to(this);
      case Inbound.Closed _ -> Step.to(finish(Ending.CANCELLED, 0));
    };
  }

  private Step chunk(Inbound.RequestBody chunk) {
    if (held.size() + chunk.bytes().length() > call.ruleset().maxBodyBytes()) {
      return refuse(
          413,
          "body_too_large",
          "body: over " + call.ruleset().maxBodyBytes() + " bytes (expected: at most that)");
    }
    hold(chunk);
    if (fullDuplex()) {
      return chunk.end() ? decide() : Step.to(this);
    }
    if (!chunk.end() && call.modes().request() == BodyMode.BUFFERED_PARTIAL) {
      return refuse(
          413,
          "body_cut",
          "body: cut by the proxy after %d bytes (expected: a body within its buffer limit)"
              .formatted(held.size()));
    }
    if (!chunk.end() && call.modes().request() == BodyMode.STREAMED) {
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

  private Step trailers() {
    trailersFollow = true;
    return withTrailers(decide());
  }

  /** The trailers that came are answered too, where the request goes on. */
  private Step withTrailers(Step step) {
    boolean goesOn = step.next() instanceof Sent;
    if (!goesOn || !trailersFollow) {
      return step;
    }
    List<Outbound> answers = new ArrayList<>(step.answers());
    answers.add(new Outbound.TrailersAnswer());
    return new Step(step.next(), answers);
  }

  /** Envoy answered the request itself, a body over its limit for one. */
  private Step answeredEarly(Inbound.ResponseHeaders in) {
    int status = AnswerHeaders.status(in.headers());
    Ended ended =
        status < 500
            ? finish(Ending.REFUSED, status, Wire.ENVOY_CODE + status)
            : finish(Ending.FAILED, status, null);
    return Step.to(ended, Outbound.headers(HeaderEdits.NONE));
  }

  /** Reads the body and decides where it goes. */
  Step decide() {
    body = whole();
    return switch (call.dialect().read(call.endpoint(), body)) {
      case Reading.Rejected r ->
          new Refusal(context, call).because(400, r.code(), r.message(), r.param());
      case Reading.Read(RequestFacts facts) -> route(facts);
    };
  }

  private Step route(RequestFacts facts) {
    Model model = call.ruleset().catalog().model(facts.model());
    if (model == null) {
      return new Refusal(context, call).unknownModel(facts, unknown(facts.model()));
    }
    if (!call.origin().caller().mayUse(model.name())) {
      return new Refusal(context, call).notAllowed(facts, model.name());
    }
    Ask ask =
        call.ruleset().ask(call.id(), model, facts, body, call.wishes().wishes(), call.origin());
    return switch (call.ruleset().router().judge(ask)) {
      case Router.Judged.Denied(Decision.Refuse refuse) ->
          new Refusal(context, call).because(facts, model.name(), refuse);
      case Router.Judged.Allowed(Verdict verdict) -> allowed(ask, verdict);
    };
  }

  private Step allowed(Ask ask, Verdict verdict) {
    CacheUse use = CacheUse.of(call, ask, verdict, body);
    CacheReply reply = new CacheReply(context, call, ask, verdict);
    Step kept = reply.find(use);
    if (kept != null) {
      return kept;
    }
    return admission(ask, verdict, use, reply.sought(use));
  }

  private Step admission(Ask ask, Verdict verdict, CacheUse use, Joint.@Nullable Sought sought) {
    Claim claim = call.ruleset().desk().claim(ticket(ask, verdict));
    PendingReply<Joint.Reply> others = context.joint().ask(claim, sought);
    return others == null
        ? admitted(ask, verdict, use, call.ruleset().desk().admit(claim))
        : new Waiting(this, ask, verdict, use, others).begin();
  }

  private Ticket ticket(Ask ask, Verdict verdict) {
    Model model = ask.model();
    long tokens = call.ruleset().estimates().expectedTokens(model.targets().getFirst(), ask);
    long cost = call.ruleset().estimates().mostCostNanos(ask);
    boolean paidTwice = model.hedgeMillis() > 0 && model.targets().size() > 1;
    int times = paidTwice ? 2 : 1;
    return new Ticket(
        call.origin().caller(), model.name(), verdict.tags(), times * tokens, times * cost);
  }

  /** Goes on with an answer that another Drover has kept, unless a reload is against it by now. */
  Step kept(Ask ask, Verdict verdict, CacheUse use, Joint.Reply.Kept kept) {
    if (use.key() != null) {
      context.cache().put(use.key(), kept.answer(), kept.ttlNanos());
    }
    Step given = new CacheReply(context, call, ask, verdict).give(kept.answer());
    return given != null ? given : withTrailers(admission(ask, verdict, use, null));
  }

  /** Goes on with what other Drovers have counted. */
  Step replied(Ask ask, Verdict verdict, CacheUse use, Admission.Result result) {
    return withTrailers(admitted(ask, verdict, use, result));
  }

  private Step admitted(Ask ask, Verdict verdict, CacheUse use, Admission.Result result) {
    return switch (result) {
      case Admission.Result.Out out ->
          new Refusal(context, call).limited(ask.facts(), ask.model().name(), out);
      case Admission.Result.In(Admission admission) -> decide(ask, verdict, use, admission);
    };
  }

  private Step decide(Ask ask, Verdict verdict, CacheUse use, Admission admission) {
    try {
      return decided(ask, verdict, use, admission);
    } catch (RuntimeException e) {
      admission.cancel();
      throw e;
    }
  }

  private Step decided(Ask ask, Verdict verdict, CacheUse use, Admission admission) {
    Admission.Degraded degraded = admission.degraded();
    Verdict within = degraded == null ? verdict : verdict.within(degraded.targets());
    return switch (call.ruleset().router().choose(ask, within)) {
      case Decision.Refuse _ when degraded != null -> {
        admission.cancel();
        yield new Refusal(context, call)
            .limited(ask.facts(), ask.model().name(), degraded.otherwise());
      }
      case Decision.Refuse refuse -> {
        admission.cancel();
        yield new Refusal(context, call).because(ask.facts(), ask.model().name(), refuse);
      }
      case Decision.Forward forward ->
          forward(new Journey(call, ask, body, forward, use, admission, context));
    };
  }

  private String unknown(String name) {
    String shown = name.length() > SHOWN_NAME ? name.substring(0, SHOWN_NAME) + "…" : name;
    return "model: \""
        + shown
        + "\" (expected: a model listed at /v1/models"
        + Suggestion.hint(shown, call.ruleset().catalog().modelNames())
        + ")";
  }

  private Step forward(Journey journey) {
    context.journeys().put(journey);
    try {
      return forwarded(journey);
    } catch (RuntimeException e) {
      journey.finishAttempts(Outcome.CANCELLED);
      journey.giveBackUnused();
      context.journeys().remove(journey);
      throw e;
    }
  }

  private Step forwarded(Journey journey) {
    List<Bytes> rope = journey.bodyFor(journey.plan().primary());
    if (!call.ruleset().fallbacks()) {
      journey.begin(journey.plan().primary());
    }
    HeaderEdits edits = Forwarding.edits(journey, rope);
    Map<String, Object> metadata = new Handover(journey.id(), call.endpoint().suffix()).metadata();
    Sent sent = new Sent(context, journey);
    if (fullDuplex()) {
      return Step.to(
          sent,
          new Outbound.HeadersAnswer(strip().then(edits), null, true, null, metadata),
          Outbound.body(new BodyChange.Stream(rope, !trailersFollow)));
    }
    boolean edited = rope.size() > 1; // one part is the body itself
    BodyChange change = edited ? new BodyChange.Replace(rope) : BodyChange.KEEP;
    return Step.to(sent, new Outbound.BodyAnswer(change, edits, true, metadata));
  }

  private HeaderEdits strip() {
    return new HeaderEdits(call.strip(), Map.of());
  }

  private boolean fullDuplex() {
    return call.modes().request() == BodyMode.FULL_DUPLEX_STREAMED;
  }

  private Step refuse(int status, String code, String message) {
    return new Refusal(context, call).because(status, code, message, null);
  }

  /** The stream ends before the request went anywhere. */
  Ended finish(Ending ending, int status) {
    return finish(ending, status, null);
  }

  private Ended finish(Ending ending, int status, @Nullable String code) {
    long now = context.ticker().nanos();
    context.listener().finished(call.untried(null, false, ending, status, code, null, now));
    return new Ended();
  }

  private static String name(Inbound in) {
    return in.getClass().getSimpleName();
  }
}
