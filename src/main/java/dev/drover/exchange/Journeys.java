package dev.drover.exchange;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges on their way to a target, by id: what links the upstream-level streams to their
 * router-level stream. Thread-safe. The router-level stream puts its journey in and takes it out
 * when it ends.
 */
public final class Journeys {
  private final Map<String, Journey> byId = new ConcurrentHashMap<>();

  void put(Journey journey) {
    byId.put(journey.id(), journey);
  }

  @Nullable Journey get(String id) {
    return byId.get(id);
  }

  void remove(Journey journey) {
    byId.remove(journey.id());
  }

  /** Exchanges on their way. */
  public int size() {
    return byId.size();
  }
}
