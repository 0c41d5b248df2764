package dev.drover.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FilesTest {
  @TempDir Path folder;

  private Path sparse(String name, long bytes) throws IOException {
    Path file = folder.resolve(name);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(bytes);
    }
    return file;
  }

  /** A file of 5 GB, a folder, a pipe that nobody writes to: told at once, never read. */
  @Test
  @Timeout(30)
  void whatIsNoConfigFile_isTold_notRead() throws Exception {
    Path pipe = folder.resolve("pipe");
    new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    Path[] files = {sparse("large", 5L << 30), folder, pipe, folder.resolve("none")};
    for (Path file : files) {
      assertThatThrownBy(() -> FileContent.read(file, 100))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("expected");
      assertThat(ConfigLoader.load(file)).isInstanceOf(Loaded.Broken.class);
    }
    assertThat(FileContent.read(sparse("fits", 100), 100)).hasSize(100);
    assertThatThrownBy(() -> FileContent.read(sparse("over", 101), 100))
        .hasMessageContaining("101 bytes (expected: at most 100)");
  }

  /** The largest config that is read takes no longer than it should, however odd it is. */
  @Test
  @Timeout(60)
  void oddConfigs_endInTime() throws Exception {
    int most = FileContent.MOST_OF_CONFIG - 100;
    for (String text :
        new String[] {
          "version: " + "a".repeat(most),
          "version: \"" + "a ".repeat(most / 2) + "\"",
          "a: 1\n".repeat(most / 5),
          "- ".repeat(most / 2),
          "x".repeat(most)
        }) {
      assertThat(ConfigLoader.parse(text)).isInstanceOf(Loaded.Broken.class);
    }
  }

  @Test
  void privateFiles_areTheUsersAlone() throws Exception {
    Path made = folder.resolve("a").resolve("b");
    PrivateFiles.createFolders(made);
    PrivateFiles.createFile(made.resolve("one"));
    try (FileChannel _ =
        PrivateFiles.open(
            made.resolve("two"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      assertThat(rights(made)).isEqualTo("rwx------");
    }
    assertThat(rights(made.resolve("one"))).isEqualTo("rw-------");
    assertThat(rights(made.resolve("two"))).isEqualTo("rw-------");
    PrivateFiles.createFile(made.resolve("one"));
    PrivateFiles.createFolders(made);
  }

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
