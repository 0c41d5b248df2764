package dev.drover.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Notices when a watched file's content changes, by reading it at an interval: that also works for
 * Kubernetes' swapped symbolic links, where change events do not. Runs on one virtual thread; the
 * callback runs there too and must not throw.
 */
public final class ConfigWatcher implements AutoCloseable {
  private final Supplier<List<Path>> files;
  private final Runnable changed;
  private final Thread thread;
  private Map<Path, Integer> seen;

  private ConfigWatcher(Supplier<List<Path>> files, Duration interval, Runnable changed) {
    this.files = files;
    this.changed = changed;
    this.seen = fingerprints();
    this.thread = Thread.ofVirtual().name("drover-watch").unstarted(() -> run(interval));
  }

  /**
   * Starts to watch.
   *
   * @param files asked anew at each look, since a new config may name other secret files
   */
  public static ConfigWatcher start(
      Supplier<List<Path>> files, Duration interval, Runnable changed) {
    ConfigWatcher watcher = new ConfigWatcher(files, interval, changed);
    watcher.thread.start();
    return watcher;
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run(Duration interval) {
    try {
      while (true) {
        Thread.sleep(interval);
        Map<Path, Integer> now = fingerprints();
        if (!now.equals(seen)) {
          seen = now;
          changed.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Map<Path, Integer> fingerprints() {
    Map<Path, Integer> prints = new LinkedHashMap<>();
    for (Path file : files.get()) {
      prints.put(file, fingerprint(file));
    }
    return prints;
  }

  private static int fingerprint(Path file) {
    try {
      return Arrays.hashCode(Files.readAllBytes(file));
    } catch (IOException e) {
      return 0;
    }
  }
}
