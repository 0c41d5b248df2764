package dev.drover.state.rollout;

import dev.drover.config.schema.RolloutConfig;
import java.util.List;

/**
 * The settings for moving a model to a new target. Immutable.
 *
 * @param target the new target's name
 * @param stages the new target's share at each stage in percent, rising
 * @param automatic true when a stage that passed is followed by the next without a person
 */
public record RolloutSettings(
    String target,
    List<Integer> stages,
    long stageMillis,
    int minRequests,
    long maxP99Nanos,
    double maxErrorRate,
    double maxTimeoutRate,
    boolean automatic) {
  public RolloutSettings {
    stages = List.copyOf(stages);
  }

  static RolloutSettings compile(RolloutConfig c) {
    return new RolloutSettings(
        c.target(),
        c.stages(),
        c.stageDuration().toMillis(),
        c.minRequests(),
        c.maxP99().toNanos(),
        c.maxErrorRate(),
        c.maxTimeoutRate(),
        c.promote().equals("auto"));
  }
}
