package dev.drover.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatcherTest {
  @TempDir private Path folder;

  @Test
  void changes_areNoticed_thoseBeforeTheFirstLookToo() throws Exception {
    Path file = Files.writeString(folder.resolve("drover.yaml"), "model: Aa");
    Semaphore changes = new Semaphore(0);
    try (ConfigWatcher _ =
        ConfigWatcher.start(() -> List.of(file), Duration.ofMillis(5), changes::release)) {
      assertThat(changes.tryAcquire(10, TimeUnit.SECONDS)).as("the first look").isTrue();
      assertThat(changes.tryAcquire(100, TimeUnit.MILLISECONDS)).as("no change").isFalse();
      Files.writeString(file, "model: BB"); // its hash code is the same
      assertThat(changes.tryAcquire(10, TimeUnit.SECONDS)).as("another text").isTrue();
      Files.delete(file);
      assertThat(changes.tryAcquire(10, TimeUnit.SECONDS)).as("no file").isTrue();
    }
  }
}
