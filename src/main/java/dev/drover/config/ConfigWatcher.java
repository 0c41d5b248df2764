package dev.drover.config;

import dev.drover.types.FileContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when a watched file's content changes, by reading it at an interval: that also works for
 * Kubernetes' swapped symbolic links, where change events do not. The first look counts as a
 * change: whoever read the files did so before. Runs on one virtual thread; the callback runs there
 * too; what it throws is logged.
 */
public final class ConfigWatcher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConfigWatcher.class);
  private final Supplier<List<Path>> files;
  private final Runnable changed;
  private final Thread thread;
  private Map<Path, ByteBuffer> seen = Map.of();
  private volatile long lookedNanos = System.nanoTime();

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
        look();
        lookedNanos = System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whatever one look meets, the next one comes: a watcher that has died is not noticed. */
  private void look() {
    try {
      Map<Path, ByteBuffer> now = contents();
      if (!now.equals(seen)) {
        seen = now;
        changed.run();
      }
    } catch (Throwable t) {
      log.error("watched files: cannot be looked at, the next look is in due time", t);
    }
  }

  /** Returns the seconds since the files were last looked at. */
  public double secondsSinceLook() {
    return (System.nanoTime() - lookedNanos) / 1e9;
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
      return ByteBuffer.wrap(FileContent.read(file, FileContent.MOST_OF_LIST));
    } catch (IOException e) {
      return ByteBuffer.wrap(String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
    }
  }
}
