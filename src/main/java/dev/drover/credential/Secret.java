package dev.drover.credential;

import dev.drover.config.schema.CredentialConfig;
import org.jspecify.annotations.Nullable;

/** A secret in a variable or a file. Thread-safe; never prints its value. */
public final class Secret {
  private final CredentialConfig place;
  private volatile @Nullable String value;

  Secret(CredentialConfig place, @Nullable String value) {
    this.place = place;
    this.value = value;
  }

  /**
   * The key, or null when its place is empty, unreadable or holds something that cannot be a key.
   */
  public @Nullable String value() {
    return value;
  }

  CredentialConfig place() {
    return place;
  }

  /** Takes up what was read; whether it is another value. */
  boolean update(@Nullable String read) {
    if (read == null || read.equals(value)) {
      return false;
    }
    value = read;
    return true;
  }

  /** Returns the place where the key is found, such as {@code env OPENAI_API_KEY}. */
  @Override
  public String toString() {
    return place.env() != null ? "env " + place.env() : "file " + place.file();
  }
}
