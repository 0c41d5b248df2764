package dev.drover.config.bind;

import java.util.ArrayList;
import java.util.List;

/** Collects mistakes while a file is read. Confined to one load. */
public final class Problems {
  private static final int MAX_VALUE_LENGTH = 60;

  /** More than that nobody reads; a file of nonsense has millions. */
  private static final int MOST = 100;

  private final List<Problem> found = new ArrayList<>();
  private int more;

  public void add(String path, String value, String expected) {
    if (found.size() < MOST) {
      found.add(new Problem(path, value, expected));
    } else {
      more++;
    }
  }

  /** Adds a mistake whose value is quoted, shortened when long. */
  public void addText(String path, String value, String expected) {
    String text =
        value.length() > MAX_VALUE_LENGTH ? value.substring(0, MAX_VALUE_LENGTH) + "…" : value;
    add(path, "\"" + text + "\"", expected);
  }

  /** Returns whether a problem with the value at a path is already known. */
  public boolean at(String path) {
    return found.stream().anyMatch(problem -> problem.path().equals(path));
  }

  public boolean none() {
    return found.isEmpty();
  }

  public List<Problem> all() {
    if (more == 0) {
      return List.copyOf(found);
    }
    List<Problem> all = new ArrayList<>(found);
    all.add(new Problem("", more + " more problems", "none"));
    return List.copyOf(all);
  }
}
