package dev.drover.e2e;

import dev.drover.standin.DataPlane;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The scenarios through the stand-in. */
class StandInIT extends MainJobScenarios {
  @Override
  Rig.DataPlanes dataPlanes() {
    return standIn();
  }

  static Rig.DataPlanes standIn() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return (bootstrap, _, _) -> DataPlane.standIn(bootstrap, nowhere);
  }
}
