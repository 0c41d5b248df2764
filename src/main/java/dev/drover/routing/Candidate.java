package dev.drover.routing;

import dev.drover.catalog.Target;
import dev.drover.types.NanoDollars;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A target fit for a request, with what a strategy may rank it by. Used again for the next decision
 * of its thread: who wants to keep one takes a {@link #copy}.
 */
public final class Candidate {
  private Target target;
  private int index;
  private long costNanos;
  private long expectedNanos;
  private double errorRate;
  private double load;
  private int weight;
  private long cachedTokens;
  private double score;

  /**
   * @param index the target's place in its model's order of preference
   * @param costNanos what the request is expected to cost there, in nano-dollars
   * @param expectedNanos the time its whole answer is expected to take; negative when the target
   *     was not heard of lately
   * @param errorRate share of its attempts that failed lately, 0.0 to 1.0
   * @param load requests in flight over its capacity
   * @param weight its configured share, at least 0
   * @param cachedTokens prompt tokens that its cache is expected to know
   */
  public Candidate(
      Target target,
      int index,
      long costNanos,
      long expectedNanos,
      double errorRate,
      double load,
      int weight,
      long cachedTokens) {
    this.target = target;
    set(target, index, costNanos, expectedNanos, errorRate, load, weight, cachedTokens);
  }

  void set(
      Target target,
      int index,
      long costNanos,
      long expectedNanos,
      double errorRate,
      double load,
      int weight,
      long cachedTokens) {
    this.target = target;
    this.index = index;
    this.costNanos = costNanos;
    this.expectedNanos = expectedNanos;
    this.errorRate = errorRate;
    this.load = load;
    this.weight = weight;
    this.cachedTokens = cachedTokens;
    this.score = 0;
  }

  /** Returns a copy of the figures that can be kept. The score is not copied. */
  public Candidate copy() {
    return new Candidate(
        target, index, costNanos, expectedNanos, errorRate, load, weight, cachedTokens);
  }

  public Target target() {
    return target;
  }

  int index() {
    return index;
  }

  public long costNanos() {
    return costNanos;
  }

  /** Returns the expected cost of the request at the target. */
  public NanoDollars expectedCost() {
    return new NanoDollars(costNanos);
  }

  /** The time its whole answer is expected to take; negative when unknown. */
  public long expectedNanos() {
    return expectedNanos;
  }

  /** Returns whether the expected time of the response is known. */
  public boolean seen() {
    return expectedNanos >= 0;
  }

  public double errorRate() {
    return errorRate;
  }

  public double load() {
    return load;
  }

  public int weight() {
    return weight;
  }

  public long cachedTokens() {
    return cachedTokens;
  }

  /** Returns the figures of the candidate by name, for explanations. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("target", target.name());
    fields.put("expected_cost_usd", expectedCost().toString());
    fields.put("expected_ms", seen() ? expectedNanos / 1_000_000 : null);
    fields.put("error_rate", errorRate);
    fields.put("load", load);
    fields.put("weight", weight);
    fields.put("cached_tokens", cachedTokens);
    return fields;
  }

  /** Returns the score that the strategy gave the candidate; smaller is better. */
  public double score() {
    return score;
  }

  /** Sets what {@link Candidates#sortByScore} goes by. */
  public void score(double value) {
    score = value;
  }
}
