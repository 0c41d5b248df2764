package dev.drover.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Notices when a watched file's content changes, by reading it at an interval: that also works for
 * Kubernetes' swapped symbolic links, where change events do not. The first look counts as a
 * change: whoever read the files did so before. Runs on one virtual thread; the callback runs there
 * too and must not throw.
 */
public final class ConfigWatcher implements AutoCloseable {
  private final Supplier<List<Path>> files;
  private final Runnable changed;
  private final Thread thread;
  private Map<Path, ByteBuffer> seen = Map.of();

  private ConfigWatcher(Supplier<List<Path>> files, Duration interval, Runnable changed) {
    this.files = files;
    this.changed = changed;
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
        Map<Path, ByteBuffer> now = contents();
        if (!now.equals(seen)) {
          seen = now;
          changed.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Map<Path, ByteBuffer> contents() {
    Map<Path, ByteBuffer> contents = new LinkedHashMap<>();
    for (Path file : files.get()) {
      contents.put(file, content(file));
    }
    return contents;
  }

  private static ByteBuffer content(Path file) {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (IOException _) {
      return ByteBuffer.allocate(0);
    }
  }
}
