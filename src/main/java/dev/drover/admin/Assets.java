package dev.drover.admin;

import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The files of the console, from the jar; nothing of it comes from elsewhere. Immutable. */
final class Assets {
  private static final String HTML = "text/html; charset=utf-8";
  private static final String CSS = "text/css; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String CHARTS = "/META-INF/resources/webjars/chart.js/";

  /**
   * A file.
   *
   * @param gzip the same, compressed
   */
  record Asset(String contentType, Bytes plain, Bytes gzip) {}

  private final Map<String, Asset> all = new TreeMap<>();

  Assets() {
    add("/", HTML, "console/index.html");
    add("/console/console.css", CSS, "console/console.css");
    for (String script :
        new String[] {"main.js", "dom.js", "charts.js", "actions.js", "tables.js"}) {
      add("/console/" + script, SCRIPT, "console/" + script);
    }
    add("/console/chart.js", SCRIPT, CHARTS + version() + "/dist/chart.umd.min.js");
  }

  /** The file at a path, or null. */
  @Nullable Asset at(String path) {
    return all.get(path);
  }

  private void add(String path, String contentType, String resource) {
    byte[] plain = read(resource);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    all.put(path, new Asset(contentType, Bytes.of(plain), Bytes.of(packed.toByteArray())));
  }

  /** The version that the build has pinned. */
  private static String version() {
    String properties =
        new String(
            read("/META-INF/maven/org.webjars.npm/chart.js/pom.properties"),
            StandardCharsets.UTF_8);
    return properties
        .lines()
        .filter(line -> line.startsWith("version="))
        .map(line -> line.substring("version=".length()).strip())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("chart.js: its jar names no version"));
  }

  private static byte[] read(String resource) {
    try (InputStream in = Assets.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + ": missing (expected: in the jar)");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
