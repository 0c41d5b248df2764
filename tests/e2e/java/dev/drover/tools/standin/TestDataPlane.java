package dev.drover.tools.standin;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.render.EnvoyBootstrap;
import dev.drover.types.HostPort;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Starts what carries the traffic of a test, on the bootstrap rendered for its config. */
public interface TestDataPlane {
  /**
   * Starts a data plane on the bootstrap of a config.
   *
   * @param config with a port of {@code envoy.listen} that is not 0
   * @param folder where an Envoy's bootstrap and log are written
   */
  DataPlane start(GatewayConfig config, Path folder) throws IOException, InterruptedException;

  /**
   * Returns whether this run goes through a real Envoy. {@code -Ddata.plane} decides: {@code auto}
   * takes an Envoy where there is one, {@code stand-in} and {@code envoy} leave no choice.
   */
  static boolean isEnvoy() {
    return switch (System.getProperty("data.plane", "auto")) {
      case "stand-in" -> false;
      case "envoy" -> true;
      default -> binary().isPresent();
    };
  }

  /** Returns the Envoy of {@code ENVOY_BIN} or the PATH, else the one that the build installs. */
  static Optional<Path> binary() {
    return DataPlane.envoyBinary()
        .or(
            () ->
                Optional.of(Path.of(System.getProperty("envoy.folder", ""), "envoy/_bin/envoy"))
                    .filter(Files::isExecutable)
                    .map(Path::toAbsolutePath));
  }

  /** Returns the data plane of this run. */
  static TestDataPlane chosen() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    if (isEnvoy()) {
      Path binary = binary().orElseThrow();
      return (config, folder) ->
          DataPlane.envoy(binary, bootstrap(config), listen(config), folder, nowhere);
    }
    return (config, _) -> DataPlane.standIn(bootstrap(config), nowhere);
  }

  static String bootstrap(GatewayConfig config) {
    if (!config.envoy().admin().endsWith(":0")) {
      throw new IllegalArgumentException(
          "envoy.admin: "
              + config.envoy().admin()
              + " may be taken by a test beside this one (expected: port 0)");
    }
    return config.server().xds() == null
        ? EnvoyBootstrap.yaml(config)
        : EnvoyBootstrap.xdsYaml(config);
  }

  static HostPort listen(GatewayConfig config) {
    return HostPort.parse(config.envoyListen());
  }
}
