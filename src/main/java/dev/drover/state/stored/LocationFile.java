package dev.drover.state.stored;

import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import dev.drover.types.PrivateFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the locations of responses in a file over restarts: a line of JSON for each change, written
 * anew when it has grown to twice what is remembered. A line that was cut is left out. Thread-safe;
 * {@link #save} blocks.
 */
public final class LocationFile implements ResponseLocations.Listener {
  private static final Logger log = LoggerFactory.getLogger(LocationFile.class);
  private static final String NAME = "responses.jsonl";

  /** Changes that wait for a disk that is full; then the file is written anew. */
  private static final int MOST_WAITING = 100_000;

  private static final int SMALL = 10_000;

  private final Path file;
  private final ResponseLocations locations;
  private final Object writing = new Object();
  private List<Bytes> waiting = new ArrayList<>();
  private boolean anew;
  private long lines;

  private LocationFile(Path file, ResponseLocations locations) {
    this.file = file;
    this.locations = locations;
  }

  /**
   * Reads what a folder has of earlier runs, and notes all changes from now on. The locations must
   * have their settings by now: they say how many are remembered.
   */
  public static LocationFile open(Path folder, ResponseLocations locations) {
    LocationFile file = new LocationFile(folder.resolve(NAME), locations);
    if (Files.exists(file.file)) {
      file.readAll();
    }
    locations.listener(file);
    return file;
  }

  /** A line that was cut may have any bytes, so none is an error. */
  private void readAll() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        read(Json.parseOrMissing(Bytes.utf8(line)));
      }
    } catch (IOException e) {
      log.error(
          "{}: cannot be read ({}): stored responses of earlier runs are unknown now",
          file,
          e.getClass().getSimpleName());
      anew = true;
    }
  }

  private void read(Json line) {
    lines++;
    String id = line.text("id");
    if (id.isEmpty()) {
      anew = true; // the next line may have been written behind one that was cut
    } else if (line.isTrue("gone")) {
      locations.forget(id);
    } else {
      locations.note(
          id,
          new ResponseLocation(
              line.text("model"),
              line.text("provider"),
              line.text("target"),
              line.text("credential"),
              line.text("owner"),
              line.integer("tokens", 0),
              Instant.ofEpochSecond(line.integer("at", 0))));
    }
  }

  @Override
  public synchronized void noted(String id, ResponseLocation location) {
    wait(line(id, location));
  }

  @Override
  public synchronized void forgotten(String id) {
    wait(JsonOut.object(out -> out.put("id", id).put("gone", true)));
  }

  private void wait(Bytes line) {
    if (waiting.size() < MOST_WAITING && !anew) {
      waiting.add(line);
    } else {
      anew = true;
      waiting = new ArrayList<>();
    }
  }

  private static Bytes line(String id, ResponseLocation location) {
    return JsonOut.object(
        out ->
            out.put("id", id)
                .put("model", location.model())
                .put("provider", location.provider())
                .put("target", location.target())
                .put("credential", location.credential())
                .put("owner", location.owner())
                .put("tokens", location.tokens())
                .put("at", location.at().getEpochSecond()));
  }

  /**
   * Writes what has changed. Whoever notes a change meanwhile does not wait for the disk.
   *
   * @throws UncheckedIOException when it cannot be written; the next call tries it again
   */
  public void save() {
    synchronized (writing) {
      List<Bytes> batch;
      boolean whole;
      synchronized (this) {
        batch = waiting;
        waiting = new ArrayList<>();
        whole = anew || lines + batch.size() > 2 * locations.size() + SMALL;
        anew = false;
      }
      try {
        if (whole) {
          rewrite();
        } else if (!batch.isEmpty()) {
          append(file, batch, StandardOpenOption.APPEND);
          lines += batch.size();
        }
      } catch (IOException e) {
        synchronized (this) {
          anew = true; // half of a line may stand there
        }
        throw new UncheckedIOException(
            "server.state_dir: " + file + " cannot be written: " + e.getMessage(), e);
      }
    }
  }

  private void rewrite() throws IOException {
    Map<String, ResponseLocation> all = locations.snapshot();
    Path fresh = file.resolveSibling(NAME + ".new");
    List<Bytes> whole = new ArrayList<>(all.size());
    all.forEach((id, location) -> whole.add(line(id, location)));
    append(fresh, whole, StandardOpenOption.TRUNCATE_EXISTING);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    lines = whole.size();
  }

  private static void append(Path to, List<Bytes> lines, StandardOpenOption how)
      throws IOException {
    PrivateFiles.createFolders(to.toAbsolutePath().getParent());
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line.text()).append('\n'));
    try (FileChannel out =
        PrivateFiles.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(false);
    }
  }
}
