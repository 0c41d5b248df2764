package dev.drover.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {
  @TempDir private Path folder;

  @Test
  void secondDrover_isKeptOut_untilTheFirstIsGone() throws IOException {
    Path directory = folder.resolve("deep/state");
    try (StateLock _ = StateLock.take(directory)) {
      assertThatThrownBy(() -> StateLock.take(directory))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "server.state_dir: \"%s\" is in use by another Drover (expected: a directory of its own)",
              directory);
    }
    StateLock.take(directory).close();
    assertThat(directory.resolve("lock")).isEmptyFile();
  }

  @Test
  void directoryThatCannotBe_isUsedWithout() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "kept");
    StateLock.take(file).close();
    StateLock.take(file).close();
    assertThat(file).hasContent("kept");
  }
}
