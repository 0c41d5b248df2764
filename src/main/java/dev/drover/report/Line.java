package dev.drover.report;

import dev.drover.types.NanoDollars;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Sums of client's requests. Immutable.
 *
 * @param requests all of them
 * @param failed those that got an error or a part of an answer
 * @param refused those that Drover did not let through
 * @param cancelled those that the client gave up
 * @param hits those that the cache answered
 * @param input prompt tokens, cached ones included
 * @param cachedInput prompt tokens read from a provider's cache
 * @param output tokens of answers
 * @param cost of answers, in nano-dollars
 * @param failures nano-dollars without a whole answer: cut ones, and attempts in vain
 * @param cacheSaved nano-dollars that cached answers would have cost
 * @param baseline what the same tokens would have cost, in exact nano-dollars; null when not asked
 */
public record Line(
    long requests,
    long failed,
    long refused,
    long cancelled,
    long hits,
    long input,
    long cachedInput,
    long output,
    long cost,
    long failures,
    long cacheSaved,
    @Nullable BigDecimal baseline) {
  static final Line NOTHING = new Line(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null);

  Line plus(Line o) {
    return new Line(
        requests + o.requests,
        failed + o.failed,
        refused + o.refused,
        cancelled + o.cancelled,
        hits + o.hits,
        input + o.input,
        cachedInput + o.cachedInput,
        output + o.output,
        Math.addExact(cost, o.cost),
        Math.addExact(failures, o.failures),
        Math.addExact(cacheSaved, o.cacheSaved),
        baseline == null ? o.baseline : o.baseline == null ? baseline : baseline.add(o.baseline));
  }

  /** Returns the whole amount spent, on complete responses and on all others. */
  public NanoDollars spent() {
    return new NanoDollars(cost).plus(new NanoDollars(failures));
  }

  /** The baseline, rounded half up to the nano-dollar; zero when not asked. */
  public NanoDollars baselineCost() {
    BigDecimal exact = baseline == null ? BigDecimal.ZERO : baseline;
    return NanoDollars.ofUsd(exact.movePointLeft(9));
  }

  /**
   * Returns the savings against the baseline; negative when the baseline would have been cheaper.
   */
  public NanoDollars saved() {
    return baselineCost().plus(new NanoDollars(-spent().value()));
  }

  /** Per cent saved, with one decimal; 0 when the baseline costs nothing. */
  public BigDecimal savedPercent() {
    BigDecimal base = baselineCost().toUsd();
    return base.signum() == 0
        ? BigDecimal.ZERO
        : saved().toUsd().movePointRight(2).divide(base, 1, RoundingMode.HALF_UP);
  }
}
