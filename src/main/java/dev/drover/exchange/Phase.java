package dev.drover.exchange;

import dev.drover.message.Inbound;
import dev.drover.message.Outbound;

/**
 * Where an ext_proc stream stands. The transitions:
 *
 * <pre>
 * router level    Opening ─ headers ─► Collecting ─ body ─► Sent ─ response headers ─► Answering ─ end ─► Ended
 *                    │ not ours: Bystander    │ refused: Ended   │ no body: Ended
 *                                             └─ other Drovers are asked ─► Waiting ─ reply ─► Sent, or refused: Ended
 *                                                                              └─ closed ─► Abandoned ─ reply ─► Ended
 * upstream level  Opening ─ headers, exchange known ─► Attempting ─ closed ─► Ended
 *                    ├───── headers, exchange unknown ─► Adopting ─ body ─► Attempting
 *                    └───── headers of a copy ─► Shadowing ─ answer's end, closed ─► Ended
 * </pre>
 *
 * <p>From every phase {@link Inbound.Closed} leads to {@link Ended}, from one that awaits a reply
 * by way of {@link Abandoned}. A message that a phase does not expect is passed on untouched where
 * that is safe, and else is a {@link Outbound.ProtocolError}.
 */
sealed interface Phase
    permits Opening,
        Bystander,
        Collecting,
        Waiting,
        Sent,
        Answering,
        Adopting,
        Attempting,
        Shadowing,
        Abandoned,
        Ended {
  /** The transition function. */
  Step on(Inbound in);
}
