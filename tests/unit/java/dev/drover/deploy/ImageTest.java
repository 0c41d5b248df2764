package dev.drover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the image and {@code ./drover} keep of a start. */
class ImageTest {
  @Test
  void configOfTheTrialStart_isSound() throws Exception {
    assertThat(ConfigLoader.parse(Files.readString(Path.of("deploy/image/start.yaml"))))
        .isInstanceOf(Loaded.Sound.class);
  }
}
