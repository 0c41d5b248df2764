package dev.drover.routing;

import java.util.List;

/**
 * Ranks candidates. Implementations are immutable, take the candidates in the model's order of
 * preference, return each of them once, best first, and break ties by that order.
 */
public interface Strategy {
  /** The name in config. */
  String name();

  /**
   * Ranks for one request.
   *
   * @param candidates at least one
   * @param key the session if the request has one, else its id: equal keys rank alike
   */
  List<Candidate> rank(List<Candidate> candidates, String key);
}
