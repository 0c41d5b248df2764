package dev.drover.credential;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The API keys of one provider. Requests take them in turn; a key that was rejected or throttled
 * rests while the others serve. Thread-safe.
 */
public final class CredentialPool {
  private final List<Secret> keys;
  private final AtomicInteger next = new AtomicInteger();

  public CredentialPool(List<Secret> keys) {
    this.keys = List.copyOf(keys);
  }

  /** The keys, in the config's order; none when the provider wants none. */
  public List<Secret> all() {
    return keys;
  }

  /** Returns the values that the keys have now. */
  public List<String> values() {
    return keys.stream().map(Secret::value).filter(Objects::nonNull).toList();
  }

  /** Returns whether the provider has configured keys, but none of them has a value. */
  public boolean unusable() {
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).value() != null) {
        return false;
      }
    }
    return !keys.isEmpty();
  }

  /**
   * The key for the next attempt: each in turn of those that do not rest, or the first one when all
   * do. Null when there is none.
   */
  public @Nullable Secret pick(long nowNanos) {
    int start = next.getAndUpdate(n -> n + 1 == Integer.MAX_VALUE ? 0 : n + 1);
    Secret resting = null;
    for (int i = 0; i < keys.size(); i++) {
      Secret key = keys.get((start + i) % keys.size());
      if (key.value() == null) {
        continue;
      }
      if (!key.resting(nowNanos)) {
        return key;
      }
      resting = key;
    }
    return resting;
  }

  /**
   * Lets a key rest, as long as another one can serve meanwhile.
   *
   * @return false when there is no other, so that the fault is the target's
   */
  public boolean setAside(@Nullable Secret key, long restNanos, long nowNanos) {
    boolean another =
        keys.stream()
            .anyMatch(other -> other != key && other.value() != null && !other.resting(nowNanos));
    if (key == null || !another) {
      return false;
    }
    key.restUntil(nowNanos + restNanos);
    return true;
  }

  /** Returns the places of the keys, separated by commas. Never contains their values. */
  @Override
  public String toString() {
    return keys.stream().map(Secret::toString).collect(Collectors.joining(", "));
  }
}
