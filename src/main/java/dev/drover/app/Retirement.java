package dev.drover.app;

import dev.drover.extproc.ExtProcServer;
import dev.drover.xds.ControlPlane;

/**
 * Takes old clusters from Envoys when no stream is open that may have been decided by an old
 * ruleset. Confined to the thread that looks, but for {@link #due}.
 */
final class Retirement {
  private final ControlPlane controlPlane;
  private final ExtProcServer extProc;
  private volatile boolean due;
  private boolean turned;

  Retirement(ControlPlane controlPlane, ExtProcServer extProc) {
    this.controlPlane = controlPlane;
    this.extProc = extProc;
  }

  /** Another ruleset is in force. */
  void due() {
    controlPlane.inForce();
    due = true;
  }

  /** To be called now and then. */
  void look() {
    if (turned && extProc.streamsOfLastTurnEnded()) {
      turned = false;
      if (!due) {
        controlPlane.retire();
      }
    }
    if (due && extProc.streamsOfLastTurnEnded()) {
      due = false;
      extProc.turn();
      turned = true;
    }
  }
}
