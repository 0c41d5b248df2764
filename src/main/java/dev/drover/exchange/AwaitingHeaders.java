package dev.drover.exchange;

import dev.drover.exchange.account.ExchangeContext;
import dev.drover.exchange.account.RequestContext;
import dev.drover.exchange.pipeline.HeaderSteps;
import dev.drover.exchange.pipeline.RequestHead;
import dev.drover.message.BodyMode;
import dev.drover.message.HeaderEdits;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.message.ProcessingModes;
import dev.drover.types.HeldBytes;
import dev.drover.types.Wire;
import java.util.Map;
import java.util.Set;

/**
 * The first phase of a stream, before any message has come.
 *
 * @param held the memory that the exchange holds
 */
record AwaitingHeaders(ExchangeContext context, HeldBytes.Lease held) implements Phase {
  private static final String INTERNAL = "x-drover-";

  @Override
  public Transition on(Inbound in) {
    return switch (in) {
      case Inbound.RequestHeaders headers ->
          headers.target() == null ? router(headers) : attempt(headers, headers.target());
      case Inbound.RequestBody _, Inbound.RequestTrailers _ ->
          Transition.to(
              new Ended(),
              new Outbound.ProtocolError(
                  "first message: no request_headers (expected: request_header_mode SEND)"));
      case Inbound.ResponseHeaders _, Inbound.ResponseBody _, Inbound.ResponseTrailers _ ->
          new PassThrough(new ProcessingModes(BodyMode.NONE, BodyMode.NONE, true)).on(in);
      case Inbound.Replied _ -> Transition.to(this);
      case Inbound.Closed _ -> Transition.to(new Ended());
    };
  }

  private Transition attempt(Inbound.RequestHeaders in, String target) {
    return target.startsWith(Wire.SHADOW_MARK)
        ? ShadowAttempt.open(context, in, target.substring(Wire.SHADOW_MARK.length()))
        : UpstreamAttempt.open(context, in, target);
  }

  private Transition router(Inbound.RequestHeaders in) {
    RequestHead head = new HeaderSteps(context, held).run(in, null);
    if (head == null) {
      return bystander(in);
    }
    RequestContext request = head.request();
    boolean noBody = in.end() || !in.headers().text("upgrade").isEmpty();
    if (head.refused() != null && (noBody || bounded(in, request))) {
      return new Refusal(context, request).because(head.refused());
    }
    if (head.refused() == null && !request.operation().isRouted()) {
      return Transition.to(new Ended(), Replies.answered(request));
    }
    AwaitingRequestBody awaitingBody =
        new AwaitingRequestBody(context, request, head.refused(), in.end());
    return in.end() ? awaitingBody.decide() : awaitingBody.open();
  }

  /**
   * Returns whether Envoy cannot get more of the body than it may hold. Envoy 1.37 ends when that
   * happens after a reply of Drover's, so such a request is refused when its body has come, or by
   * Envoy.
   */
  private static boolean bounded(Inbound.RequestHeaders in, RequestContext request) {
    long declared = HeaderSteps.declaredBytes(in.headers());
    boolean held = in.modes().request() != BodyMode.FULL_DUPLEX_STREAMED;
    return !held || (declared >= 0 && declared <= request.ruleset().maxBodyBytes());
  }

  /** Not ours; but a plan that the client made up must not choose its route. */
  private static Transition bystander(Inbound.RequestHeaders in) {
    Set<String> forged = in.headers().namesWith(INTERNAL);
    return Transition.to(
        new PassThrough(in.modes()),
        new Outbound.HeadersResponse(
            new HeaderEdits(forged, Map.of()),
            ProcessingModes.NOTHING,
            !forged.isEmpty(),
            null,
            Map.of()));
  }
}
