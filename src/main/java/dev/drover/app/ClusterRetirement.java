package dev.drover.app;

import dev.drover.extproc.ExtProcServer;
import dev.drover.xds.ControlPlane;
import java.time.Duration;

/**
 * Takes old clusters from Envoys when no stream is open that may have been decided by an old
 * ruleset, here or at a Drover that is as far behind as may be. Thread-safe.
 */
final class ClusterRetirement {
  private final ControlPlane controlPlane;
  private final ExtProcServer extProc;
  private boolean due;
  private boolean turned;
  private long notBefore;

  ClusterRetirement(ControlPlane controlPlane, ExtProcServer extProc) {
    this.controlPlane = controlPlane;
    this.extProc = extProc;
    this.notBefore = System.nanoTime();
  }

  /**
   * Marks the config that was prepared last as in force, and schedules the retirement of old
   * clusters. Both happen in one step, so that nothing is retired in between.
   *
   * @param others the time that other Drovers may take to follow
   */
  synchronized void due(Duration others) {
    controlPlane.inForce();
    notBefore = System.nanoTime() + others.toNanos();
    due = true;
  }

  /** To be called now and then. */
  synchronized void look() {
    if (!extProc.streamsOfLastTurnEnded() || System.nanoTime() - notBefore < 0) {
      return;
    }
    if (due) {
      due = false;
      extProc.turn();
      turned = true;
    } else if (turned) {
      turned = false;
      controlPlane.retire();
    }
  }
}
