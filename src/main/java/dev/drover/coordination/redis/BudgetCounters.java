package dev.drover.coordination.redis;

import dev.drover.admission.Budget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The amounts that the Drovers have spent of a budget, as far as this one knows. Each Drover adds
 * to its own part of a counter that only grows (a G-counter, Shapiro et al. 2011). If reports are
 * lost or repeated, the largest value of each part is the right one. The sum of the parts is what
 * was spent.
 */
final class BudgetCounters {
  private final Map<String, Long> known = new HashMap<>();

  /** The name of a Drover's part in a slot. */
  static String name(Instant slot, String instance) {
    return slot.getEpochSecond() + "|" + instance;
  }

  private static long slot(String name) {
    return Long.parseLong(name.substring(0, name.indexOf('|')));
  }

  /** Takes in what this Drover has spent. */
  void own(String instance, SortedMap<Instant, Long> own) {
    long oldest = own.firstKey().getEpochSecond();
    known.keySet().removeIf(name -> slot(name) < oldest);
    own.forEach(
        (slot, amount) -> {
          if (amount > 0) {
            known.merge(name(slot, instance), amount, Math::max);
          }
        });
  }

  /**
   * Takes in what Redis has.
   *
   * @return whether it has all that is known here
   */
  boolean merge(ScriptReply reply) {
    Set<String> missing = new HashSet<>(known.keySet());
    for (int i = 0; i + 1 < reply.size(); i += 2) {
      missing.remove(reply.text(i));
      known.merge(reply.text(i), reply.number(i + 1), Math::max);
    }
    return missing.isEmpty();
  }

  /**
   * Returns the parts of all Drovers, or only those of {@code instance} when {@code others} is
   * false.
   */
  Map<String, Long> all(String instance, boolean others) {
    Map<String, Long> some = new TreeMap<>(known);
    some.keySet().removeIf(name -> !others && !name.endsWith("|" + instance));
    return some;
  }

  /** Tells the budget what all have spent. */
  void tell(Budget budget, Instant now) {
    List<Instant> starts = new ArrayList<>(budget.own(now).keySet());
    List<Long> since = new ArrayList<>();
    for (Instant start : starts) {
      since.add(
          known.entrySet().stream()
              .filter(part -> slot(part.getKey()) >= start.getEpochSecond())
              .mapToLong(Map.Entry::getValue)
              .sum());
    }
    budget.restore(starts, since, now);
  }
}
