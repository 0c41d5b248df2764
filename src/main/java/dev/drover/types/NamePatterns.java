package dev.drover.types;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Names, of headers for one, some of them by their beginning. Immutable.
 *
 * @param names whole names
 * @param prefixes beginnings of names
 */
public record NamePatterns(Set<String> names, List<String> prefixes) {
  public NamePatterns {
    names = Set.copyOf(names);
    prefixes = List.copyOf(prefixes);
  }

  /**
   * Returns the names that a list means.
   *
   * @param patterns names, or beginnings followed by an asterisk
   */
  public static NamePatterns of(Collection<String> patterns) {
    Set<String> names = new HashSet<>();
    Set<String> prefixes = new HashSet<>();
    for (String pattern : patterns) {
      if (pattern.endsWith("*")) {
        prefixes.add(pattern.substring(0, pattern.length() - 1));
      } else {
        names.add(pattern);
      }
    }
    return new NamePatterns(names, List.copyOf(prefixes));
  }

  /** Returns whether no name is one of these. */
  public boolean isEmpty() {
    return names.isEmpty() && prefixes.isEmpty();
  }

  /** Returns whether a name is one of these. Case matters. */
  public boolean has(String name) {
    if (names.contains(name)) {
      return true;
    }
    for (int i = 0; i < prefixes.size(); i++) {
      if (name.startsWith(prefixes.get(i))) {
        return true;
      }
    }
    return false;
  }
}
