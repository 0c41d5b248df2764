package dev.drover.tools.standin;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counters by Envoy's names, without the listener's prefix. Thread-safe. */
final class Counters {
  private final Map<String, LongAdder> byName = new ConcurrentHashMap<>();

  void add(String name) {
    byName.computeIfAbsent(name, _ -> new LongAdder()).increment();
  }

  /** The value of a counter; 0 when it never moved. */
  long get(String name) {
    LongAdder counter = byName.get(name);
    return counter == null ? 0 : counter.sum();
  }

  @Override
  public String toString() {
    return new TreeMap<>(byName).toString();
  }
}
