package dev.drover.routing;

/**
 * Ranks candidates. Implementations are immutable, take the candidates in the model's order of
 * preference, bring them into order, best first, and break ties by that order.
 */
public interface Strategy {
  /** The name in config. */
  String name();

  /**
   * Ranks for one request.
   *
   * @param candidates at least one; none may be added or removed
   * @param key the session if the request has one, else its id: equal keys rank alike
   */
  void rank(Candidates candidates, String key);
}
