package dev.drover.state;

import dev.drover.json.Yaml;
import dev.drover.types.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JSON file for the state that must survive a restart, divided into sections. Each change
 * writes a new file, syncs it and moves it into place, so the file is always either the old or the
 * new one. Thread-safe.
 */
public final class StateFile {
  private static final Logger log = LoggerFactory.getLogger(StateFile.class);
  private static final String NAME = "state.json";

  private final Path file;
  private Map<String, Object> sections;

  private StateFile(Path file, Map<String, Object> sections) {
    this.file = file;
    this.sections = sections;
  }

  /** Reads what is there. A file that cannot be read as such is put aside, not lost. */
  public static StateFile open(Path directory) {
    Path file = directory.resolve(NAME);
    if (!Files.exists(file)) {
      return new StateFile(file, Map.of());
    }
    try {
      Map<String, Object> sections = new TreeMap<>(Yaml.readJson(Files.readString(file)));
      sections.values().removeIf(Objects::isNull);
      return new StateFile(file, sections);
    } catch (IOException | UncheckedIOException e) {
      Path aside = file.resolveSibling(NAME + ".broken");
      log.error(
          "{}: cannot be read, put aside as {}: switches and rollouts begin anew ({})",
          file,
          aside,
          e.getClass().getSimpleName());
      putAside(file, aside);
      return new StateFile(file, Map.of());
    }
  }

  private static void putAside(Path file, Path aside) {
    try {
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": can be neither read nor put aside", e);
    }
  }

  public synchronized Map<String, Object> map(String section) {
    Map<String, Object> found = new TreeMap<>();
    if (sections.get(section) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> found.put(String.valueOf(key), value));
    }
    return found;
  }

  public synchronized List<String> list(String section) {
    return sections.get(section) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  /**
   * Replaces a section.
   *
   * @throws UncheckedIOException when it cannot be stored; then nothing has changed
   */
  public synchronized void put(String section, Object value) {
    Map<String, Object> next = new TreeMap<>(sections);
    next.put(section, value);
    if (next.equals(sections)) {
      return;
    }
    try {
      write(Yaml.writeJson(next) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "server.state_dir: " + file + " cannot be written: " + e.getMessage(), e);
    }
    sections = next;
  }

  private void write(String text) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    PrivateFiles.createFolders(directory);
    Path fresh = file.resolveSibling(NAME + ".new");
    try (FileChannel out =
        PrivateFiles.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel entry = FileChannel.open(directory, StandardOpenOption.READ)) {
      entry.force(true);
    }
  }
}
