package dev.drover.types;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes files and folders that nobody but this process's user may read: they hold who asked for
 * what. Those that exist keep the rights that they have. Where a file system has no such rights,
 * its own rules hold.
 */
public final class PrivateFiles {
  private PrivateFiles() {}

  /**
   * Makes a folder and those above it, where they are missing.
   *
   * @param folder null for that of the process
   */
  public static void createFolders(@Nullable Path folder) throws IOException {
    if (folder == null) {
      return;
    }
    Files.createDirectories(folder, rights(folder, "rwx------"));
  }

  /** Makes an empty file, unless there is one. */
  public static void createFile(Path file) throws IOException {
    try {
      Files.createFile(file, rights(file, "rw-------"));
    } catch (FileAlreadyExistsException _) {
      return; // as it is
    }
  }

  /** Opens a file, which may be made by that. */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    return FileChannel.open(file, Set.of(options), rights(file, "rw-------"));
  }

  private static FileAttribute<?>[] rights(Path path, String rights) {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }
}
