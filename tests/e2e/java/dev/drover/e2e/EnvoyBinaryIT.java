package dev.drover.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.standin.DataPlane;
import org.junit.jupiter.api.BeforeEach;

/** The scenarios through the Envoy that {@code ENVOY_BIN} names or the PATH holds. */
class EnvoyBinaryIT extends MainJobScenarios {
  @Override
  @BeforeEach
  void start() throws Exception {
    assumeTrue(
        DataPlane.envoyBinary().isPresent(),
        "skipped: no Envoy binary here (ENVOY_BIN is not set and none is on the PATH)");
    super.start();
  }

  @Override
  void stop() throws Exception {
    if (rig != null) {
      super.stop();
    }
  }

  @Override
  Rig.DataPlanes dataPlanes() {
    return (bootstrap, listen, folder) ->
        DataPlane.envoy(DataPlane.envoyBinary().orElseThrow(), bootstrap, listen, folder);
  }
}
