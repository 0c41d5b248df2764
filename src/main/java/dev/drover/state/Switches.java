package dev.drover.state;

import dev.drover.catalog.Target;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Targets and providers that were switched off at run time. Outlives reloads and, through what it
 * stores, restarts. Thread-safe: readers see one volatile set.
 */
public final class Switches {
  private final Consumer<Set<String>> store;
  private volatile Set<String> off;

  /**
   * @param off what was stored before
   * @param store keeps the set; when it throws, nothing is switched
   */
  public Switches(Collection<String> off, Consumer<Set<String>> store) {
    this.off = Set.copyOf(off);
    this.store = store;
  }

  /** Returns whether a target or its provider is switched off. */
  public boolean isOff(Target target) {
    Set<String> now = off;
    return !now.isEmpty()
        && (now.contains(target(target.name()))
            || now.contains(provider(target.provider().name())));
  }

  /**
   * Returns the names of all that is switched off: {@code target/NAME} and {@code provider/NAME}.
   */
  public Set<String> off() {
    return new TreeSet<>(off);
  }

  /** Switches a target or a provider, named as in {@link #off}. */
  public synchronized void set(String what, boolean on) {
    Set<String> next = new TreeSet<>(off);
    boolean changed = on ? next.remove(what) : next.add(what);
    if (changed) {
      store.accept(next);
      off = Set.copyOf(next);
    }
  }

  public static String target(String name) {
    return "target/" + name;
  }

  public static String provider(String name) {
    return "provider/" + name;
  }
}
