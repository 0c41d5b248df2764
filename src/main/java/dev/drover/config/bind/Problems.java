package dev.drover.config.bind;

import java.util.ArrayList;
import java.util.List;

/** Collects mistakes while a file is read. Confined to one load. */
public final class Problems {
  private static final int MAX_VALUE_LENGTH = 60;

  private final List<Problem> found = new ArrayList<>();

  public void add(String path, String value, String expected) {
    found.add(new Problem(path, value, expected));
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
    return List.copyOf(found);
  }
}
