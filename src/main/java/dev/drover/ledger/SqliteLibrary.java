package dev.drover.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.stream.Stream;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite's native code. Its driver unpacks it to a file that it deletes at an orderly end only, so
 * each Drover that is killed would leave one of a megabyte. Here it is deleted once it is loaded.
 */
final class SqliteLibrary {
  private static final String FOLDER = "org.sqlite.tmpdir";

  private static boolean loaded;

  private SqliteLibrary() {}

  /**
   * Loads it, once for the process. Thread-safe.
   *
   * @throws SQLException when it cannot be unpacked or loaded; the message names the folder
   */
  static synchronized void load() throws SQLException {
    if (loaded) {
      return;
    }
    String folder = System.getProperty(FOLDER, System.getProperty("java.io.tmpdir"));
    try {
      Path own = Files.createTempDirectory(Path.of(folder), "drover-sqlite");
      try {
        System.setProperty(FOLDER, own.toString());
        loaded = SQLiteJDBCLoader.initialize();
      } finally {
        System.setProperty(FOLDER, folder);
        delete(own);
      }
    } catch (Exception e) { // the driver's own are no more precise
      throw new SQLException(
          "%s: SQLite's library cannot be loaded from here: %s (expected: a folder to write to and execute from; java's option -D%s names another)"
              .formatted(folder, e, FOLDER),
          e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    }
  }
}
