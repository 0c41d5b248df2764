package dev.drover.exchange;

import dev.drover.routing.Candidate;
import dev.drover.routing.Decision;
import dev.drover.routing.DecisionTrace;
import dev.drover.routing.Exclusion;
import java.util.stream.Collectors;

/** A decision in one line, for the header {@code x-drover-decision}. */
final class DecisionLine {
  private static final int MOST_CHARS = 1024;

  private DecisionLine() {}

  static String of(Decision.Forward decision) {
    DecisionTrace trace = decision.trace();
    String line =
        "task=%s; strategy=%s; policy=%s; plan=%s; candidates=%s; left_out=%s%s"
            .formatted(
                trace.task(),
                trace.strategy(),
                trace.policy(),
                decision.plan().targets().stream()
                    .map(target -> target.name())
                    .collect(Collectors.joining(",")),
                decision.ranked().stream().map(DecisionLine::of).collect(Collectors.joining(",")),
                decision.excluded().stream().map(DecisionLine::of).collect(Collectors.joining(",")),
                trace.notes().isEmpty() ? "" : "; first=" + trace.notes());
    return line.length() <= MOST_CHARS ? line : line.substring(0, MOST_CHARS - 3) + "...";
  }

  private static String of(Candidate candidate) {
    String speed = candidate.seen() ? candidate.expectedNanos() / 1_000_000 + "ms" : "unseen";
    return "%s(%sUSD %s)".formatted(candidate.target().name(), candidate.expectedCost(), speed);
  }

  private static String of(Exclusion exclusion) {
    return exclusion.target().name() + "(" + exclusion.reason().label() + ")";
  }
}
