package dev.drover.credential;

import dev.drover.config.schema.CredentialConfig;
import dev.drover.types.FileContent;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API keys, by where they are found. Outlives reloads; {@link #refresh} takes up rotated files.
 * Thread-safe: values are published by volatile writes.
 */
public final class Secrets {
  private static final Logger log = LoggerFactory.getLogger(Secrets.class);
  private final Map<CredentialConfig, Secret> known = new ConcurrentHashMap<>();
  private final Function<String, @Nullable String> environment;

  /**
   * @param environment looks an environment variable up, null when unset
   */
  public Secrets(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /** The secret at this place, read now when it is new. */
  public Secret at(CredentialConfig place) {
    return known.computeIfAbsent(place, p -> new Secret(p, read(p)));
  }

  /**
   * Reads every secret again. A file that has become unreadable or malformed leaves the old value
   * in force.
   */
  public void refresh() {
    known.values().forEach(this::refresh);
  }

  private void refresh(Secret secret) {
    String read = read(secret.place());
    if (read == null && secret.value() != null) {
      log.warn(
          "credential: {}: no usable key any more (expected: a key without blanks); the one before stays in use",
          secret);
    }
    if (secret.update(read)) {
      log.info("credential: {}: another key is in use from now on", secret);
    }
  }

  /** The files that hold secrets. */
  public List<Path> files() {
    return known.keySet().stream()
        .map(CredentialConfig::file)
        .filter(file -> file != null && file.indexOf(0) < 0)
        .map(Path::of)
        .toList();
  }

  private @Nullable String read(CredentialConfig place) {
    String raw = place.env() != null ? environment.apply(place.env()) : content(place.file());
    String trimmed = raw == null ? "" : raw.strip();
    boolean printable = trimmed.chars().allMatch(c -> c > ' ' && c < 0x7F);
    return trimmed.isEmpty() || !printable ? null : trimmed;
  }

  private static @Nullable String content(@Nullable String file) {
    try {
      return file == null ? null : FileContent.text(Path.of(file), FileContent.MOST_OF_SECRET);
    } catch (IOException | InvalidPathException _) {
      return null;
    }
  }
}
