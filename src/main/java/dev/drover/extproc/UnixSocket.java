package dev.drover.extproc;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a Unix socket: who may put it there and who may take it away.
 *
 * @param inode of the socket that we bound, or null when it could not be read
 */
record UnixSocket(Path path, @Nullable Object inode) {
  private static final Logger log = LoggerFactory.getLogger(UnixSocket.class);

  /** The socket that was just bound: for its owner and its group, such as the proxy beside it. */
  static UnixSocket bound(Path path) {
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
    } catch (IOException | UnsupportedOperationException e) {
      log.warn("{}: its permissions stay as they are: {}", path, e.toString());
    }
    return new UnixSocket(path, inodeOf(path));
  }

  /**
   * Makes room for a socket: takes away one that nobody listens at any more.
   *
   * @throws IOException when another process listens there, or something else than a socket is
   *     there
   */
  static Path free(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return path;
    }
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException(
          path + ": a file (expected: a free path, or a socket that nobody listens at)");
    }
    if (listens(path)) {
      throw new IOException(path + ": in use by another process (expected: a free path)");
    }
    Files.delete(path);
    return path;
  }

  /** Takes the file away, unless another process has put its own there meanwhile. */
  void remove() {
    if (inode != null && Objects.equals(inode, inodeOf(path)) && !path.toFile().delete()) {
      path.toFile().deleteOnExit();
    }
  }

  private static boolean listens(Path path) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException _) {
      return false;
    }
  }

  private static @Nullable Object inodeOf(Path path) {
    try {
      return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
      return null;
    }
  }
}
