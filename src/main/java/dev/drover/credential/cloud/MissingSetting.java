package dev.drover.credential.cloud;

import java.io.IOException;
import java.io.Serial;

/** Says which setting a credential cannot be asked for without. */
final class MissingSetting extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * @param what the setting's name in the config, and what may stand in its place
   */
  MissingSetting(String what) {
    super(what + ": not set");
  }
}
