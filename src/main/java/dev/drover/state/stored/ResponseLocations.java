package dev.drover.state.stored;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.drover.config.schema.ResponsesConfig;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers where responses are stored, by their ids. Bounded in number and time; outlives reloads;
 * thread-safe.
 */
public final class ResponseLocations {
  /** Receives each change. */
  public interface Listener {
    /** A location is remembered, or what is known of it has changed. */
    void noted(String id, ResponseLocation location);

    /** A location is forgotten on purpose. */
    void forgotten(String id);
  }

  private final Cache<String, ResponseLocation> locations =
      Caffeine.newBuilder().maximumSize(1).executor(Runnable::run).build();
  private final InstantSource wall;
  private volatile Duration lifetime = Duration.ZERO;
  private volatile @Nullable Listener listener;

  /**
   * @param wall the time of day, by which locations grow old
   */
  public ResponseLocations(InstantSource wall) {
    this.wall = wall;
  }

  /** Takes settings up; what is remembered stays. */
  public void configure(ResponsesConfig config) {
    lifetime = config.rememberFor();
    locations.policy().eviction().orElseThrow().setMaximum(config.remember());
  }

  /** Tells somebody of all changes from now on. */
  public void listener(Listener next) {
    listener = next;
  }

  /** Returns how long a location is remembered. */
  public Duration lifetime() {
    return lifetime;
  }

  /** Returns where a response is stored, or null when that is not known, or not any more. */
  public @Nullable ResponseLocation find(String id) {
    ResponseLocation found = locations.getIfPresent(id);
    return found == null || isOld(found) ? null : found;
  }

  private boolean isOld(ResponseLocation location) {
    return location.at().plus(lifetime).isBefore(wall.instant());
  }

  /**
   * Remembers where a response is stored. Another owner's stays what it was: a provider that
   * repeats an id takes nothing away from anybody.
   *
   * @return whether it is remembered
   */
  public boolean note(String id, ResponseLocation location) {
    ResponseLocation kept =
        locations
            .asMap()
            .compute(
                id,
                (_, before) ->
                    before == null || isOld(before) || before.owner().equals(location.owner())
                        ? location
                        : before);
    boolean noted = location.equals(kept);
    Listener told = listener;
    if (noted && told != null) {
      told.noted(id, location);
    }
    return noted;
  }

  /** Forgets a response that is stored no more. */
  public void forget(String id) {
    locations.invalidate(id);
    Listener told = listener;
    if (told != null) {
      told.forgotten(id);
    }
  }

  /** Locations remembered, about. */
  public long size() {
    return locations.estimatedSize();
  }

  /** Returns a copy of what is remembered and not too old. */
  Map<String, ResponseLocation> snapshot() {
    Map<String, ResponseLocation> all = new HashMap<>(locations.asMap());
    all.values().removeIf(this::isOld);
    return all;
  }
}
