package dev.drover.standin;

import dev.drover.config.GatewayConfig;
import dev.drover.render.EnvoyBootstrap;
import dev.drover.types.HostPort;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Starts what carries the traffic of a test, on the bootstrap rendered for its config. */
public interface TestDataPlane {
  /**
   * @param config with a port of {@code envoy.listen} that is not 0
   * @param folder where an Envoy's bootstrap and log are written
   */
  DataPlane start(GatewayConfig config, Path folder) throws IOException, InterruptedException;

  /** Whether this run goes through a real Envoy, as {@code -Ddata.plane=envoy} says. */
  static boolean isEnvoy() {
    return System.getProperty("data.plane", "stand-in").equals("envoy");
  }

  /** The stand-in, or the Envoy of {@code ENVOY_BIN}. */
  static TestDataPlane chosen() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    if (isEnvoy()) {
      Path binary = DataPlane.envoyBinary().orElseThrow();
      return (config, folder) ->
          DataPlane.envoy(binary, bootstrap(config), listen(config), folder, nowhere);
    }
    return (config, _) -> DataPlane.standIn(bootstrap(config), nowhere);
  }

  static String bootstrap(GatewayConfig config) {
    return config.server().xds() == null
        ? EnvoyBootstrap.yaml(config)
        : EnvoyBootstrap.xdsYaml(config);
  }

  static HostPort listen(GatewayConfig config) {
    return HostPort.parse(config.envoy().listen());
  }
}
