package dev.drover.exchange;

import dev.drover.message.Inbound;
import dev.drover.message.Outbound;

/**
 * A phase of an ext_proc stream. The transitions:
 *
 * <pre>
 * router level
 *   AwaitingHeaders ─ headers ─► AwaitingRequestBody ─ body ─► AwaitingResponse ─ headers ─► StreamingResponse ─ end ─► Ended
 *     ├─ not for Drover ─► PassThrough
 *     └─ no body, refused ─► Ended
 *   AwaitingRequestBody ─ body, other Drovers are asked ─► AwaitingAdmission ─ reply ─► AwaitingResponse, or refused: Ended
 *   AwaitingAdmission ─ closed ─► Abandoned ─ reply ─► Ended
 * upstream level
 *   AwaitingHeaders ─ headers, exchange known ─► UpstreamAttempt ─ closed ─► Ended
 *     ├─ headers, exchange unknown ─► ForeignAttempt ─ body ─► UpstreamAttempt
 *     └─ headers of a copy ─► ShadowAttempt ─ end of the response, closed ─► Ended
 * </pre>
 *
 * <p>{@link Inbound.Closed} leads from every phase to {@link Ended}; from a phase that awaits a
 * reply it leads there by way of {@link Abandoned}. A message that a phase does not expect is
 * passed on untouched where that is safe; otherwise it is a {@link Outbound.ProtocolError}.
 */
sealed interface Phase
    permits AwaitingHeaders,
        PassThrough,
        AwaitingRequestBody,
        AwaitingAdmission,
        AwaitingResponse,
        StreamingResponse,
        ForeignAttempt,
        UpstreamAttempt,
        ShadowAttempt,
        Abandoned,
        Ended {
  /** The transition function. */
  Transition on(Inbound in);
}
