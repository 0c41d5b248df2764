package dev.drover.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite's native code. Its driver unpacks it to a file that it deletes at an orderly end only, so
 * each Drover that is killed would leave one of a megabyte. Here it is deleted once it is loaded.
 */
final class SqliteLibrary {
  private static final String FOLDER = "org.sqlite.tmpdir";

  /** Each try that fails takes some heap for good: the driver notes what to delete at the end. */
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private static boolean loaded;
  private static @Nullable String failure;
  private static long failedNanos;

  private SqliteLibrary() {}

  /**
   * Loads it, once for the process; after a failure it is tried again in a minute at the earliest.
   * Thread-safe.
   *
   * @throws SQLException when it cannot be unpacked or loaded; the message names the folder
   */
  static synchronized void load() throws SQLException {
    if (failure != null && System.nanoTime() - failedNanos < PAUSE.toNanos()) {
      throw new SQLException(failure);
    }
    if (!loaded) {
      String given = System.getProperty(FOLDER);
      String folder = given == null ? System.getProperty("java.io.tmpdir") : given;
      try {
        loaded = unpack(folder);
        failure = null;
      } catch (Exception e) { // of the driver's own there is no list
        failure =
            "%s: SQLite's library cannot be loaded from here: %s (expected: a folder to write to and execute from; java's option -D%s names another)"
                .formatted(folder, e.getMessage(), FOLDER);
        failedNanos = System.nanoTime();
        throw new SQLException(failure, e);
      } finally {
        restore(given);
      }
    }
  }

  private static boolean unpack(String folder) throws Exception {
    Path own;
    try {
      own = Files.createTempDirectory(Path.of(folder), "drover-sqlite");
    } catch (IOException _) {
      return SQLiteJDBCLoader.initialize(); // from where it lies unpacked, if java was told
    }
    try {
      System.setProperty(FOLDER, own.toString());
      return SQLiteJDBCLoader.initialize();
    } finally {
      delete(own);
    }
  }

  private static void restore(@Nullable String given) {
    if (given == null) {
      System.clearProperty(FOLDER);
    } else {
      System.setProperty(FOLDER, given);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException | UncheckedIOException _) {
      // somebody else has deleted it
    }
  }
}
