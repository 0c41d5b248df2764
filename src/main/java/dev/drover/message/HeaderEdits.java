package dev.drover.message;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Changes to a message's headers. Removals come before sets, as in Envoy. Immutable.
 *
 * @param remove names to take away
 * @param set values to put, each in place of all there were
 */
public record HeaderEdits(Set<String> remove, Map<String, String> set) {
  public static final HeaderEdits NONE = new HeaderEdits(Set.of(), Map.of());

  public boolean isEmpty() {
    return remove.isEmpty() && set.isEmpty();
  }

  /**
   * Returns these edits followed by {@code later}. Where both edit a header, {@code later} wins.
   */
  public HeaderEdits then(HeaderEdits later) {
    return new Builder().add(this).add(later).build();
  }

  /** Collects edits; a set after a removal wins and the other way round. */
  public static final class Builder {
    private final Set<String> remove = new LinkedHashSet<>();
    private final Map<String, String> set = new LinkedHashMap<>();

    public Builder remove(String name) {
      set.remove(name);
      remove.add(name);
      return this;
    }

    public Builder set(String name, String value) {
      remove.remove(name);
      set.put(name, value);
      return this;
    }

    public Builder set(String name, long value) {
      return set(name, Long.toString(value));
    }

    public Builder add(HeaderEdits edits) {
      edits.remove.forEach(this::remove);
      edits.set.forEach(this::set);
      return this;
    }

    public HeaderEdits build() {
      return new HeaderEdits(remove, set);
    }
  }
}
