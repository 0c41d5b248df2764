package dev.drover.state;

import dev.drover.types.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second Drover out of a state directory, where it would overwrite switches, rollouts and
 * spending and take the spool of this one. The system gives the lock up when the process ends,
 * however it ends.
 */
public final class StateLock implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StateLock.class);

  /** Null where the directory cannot be locked. */
  private final @Nullable FileChannel channel;

  private StateLock(@Nullable FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock. A directory that cannot be written to, or a file system without locks, is used
   * without one, and a warning says so.
   *
   * @throws IOException when another Drover has it; the message names the directory
   */
  public static StateLock take(Path directory) throws IOException {
    FileChannel channel = null;
    boolean taken;
    try {
      PrivateFiles.createFolders(directory);
      channel =
          PrivateFiles.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      taken = lock(channel) != null;
    } catch (IOException e) {
      log.warn(
          "server.state_dir: {}: cannot be locked, so nothing keeps a second Drover from it ({})",
          directory,
          e.toString());
      close(channel);
      return new StateLock(null);
    }
    if (!taken) {
      close(channel);
      throw new IOException(
          "server.state_dir: \"%s\" is in use by another Drover (expected: a directory of its own)"
              .formatted(directory));
    }
    return new StateLock(channel);
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) { // a Drover in this process
      return null;
    }
  }

  @Override
  public void close() {
    close(channel);
  }

  private static void close(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      log.warn("the state's lock: cannot be closed ({})", e.toString());
    }
  }
}
