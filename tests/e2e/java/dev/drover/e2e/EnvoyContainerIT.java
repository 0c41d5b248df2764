package dev.drover.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.tools.standin.DataPlane;
import dev.drover.tools.standin.TestDataPlane;
import dev.drover.types.HostPort;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** The scenarios through Envoy in a container, where a Docker engine answers. */
class EnvoyContainerIT extends MainJobIT {
  private static final String IMAGE =
      System.getProperty("envoy.image", "envoyproxy/envoy:v1.37-latest");

  @BeforeAll
  static void needsDocker() {
    assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(),
        "skipped: no Docker engine answers here, so " + IMAGE + " cannot be run");
  }

  @Override
  TestDataPlane dataPlane() {
    return (config, folder) -> {
      Path file = folder.resolve("envoy.yaml");
      Files.writeString(file, TestDataPlane.bootstrap(config));
      GenericContainer<?> envoy = new GenericContainer<>(DockerImageName.parse(IMAGE));
      envoy.withNetworkMode("host");
      envoy.withCopyFileToContainer(MountableFile.forHostPath(file), "/etc/envoy/envoy.yaml");
      envoy.waitingFor(Wait.forLogMessage(".*starting main dispatch loop.*", 1));
      envoy.start();
      return new Contained(envoy, TestDataPlane.listen(config));
    };
  }

  private record Contained(GenericContainer<?> container, HostPort address) implements DataPlane {
    @Override
    public String name() {
      return IMAGE;
    }

    @Override
    public void close() {
      container.stop();
    }
  }
}
