package dev.drover.exchange;

import dev.drover.message.Outbound;
import java.util.List;

/**
 * The outcome of a transition.
 *
 * @param next the phase from now on
 * @param answers what to answer, in order; none when nothing is owed yet
 */
record Transition(Phase next, List<Outbound> answers) {
  static Transition to(Phase next, Outbound... answers) {
    return new Transition(next, List.of(answers));
  }
}
