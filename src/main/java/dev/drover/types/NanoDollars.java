package dev.drover.types;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount of money in nano-dollars (10<sup>-9</sup> USD). A {@code long} of them reaches about
 * 9.2 billion USD; arithmetic saturates there instead of wrapping.
 *
 * @param value nano-dollars, may be negative (a refund or a saving)
 */
public record NanoDollars(long value) implements Comparable<NanoDollars> {
  public static final NanoDollars ZERO = new NanoDollars(0);

  private static final int NANO_DIGITS = 9;
  private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  /**
   * The amount for a decimal number of dollars.
   *
   * @param usd dollars; digits after the ninth decimal are rounded half up
   */
  public static NanoDollars ofUsd(BigDecimal usd) {
    if (usd.precision() - (long) usd.scale() < -NANO_DIGITS) {
      return ZERO; // far below half a nano-dollar; spares the scaling of absurd exponents
    }
    BigDecimal nanos = usd.movePointRight(NANO_DIGITS).setScale(0, RoundingMode.HALF_UP);
    return new NanoDollars(nanos.min(MAX).max(MAX.negate()).longValueExact());
  }

  /** The sum; saturates at either end of a {@code long}. */
  public NanoDollars plus(NanoDollars other) {
    long sum = value + other.value;
    boolean wrapped = ((value ^ sum) & (other.value ^ sum)) < 0;
    return new NanoDollars(wrapped ? (value < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum);
  }

  /** The amount in dollars, exactly. */
  public BigDecimal toUsd() {
    return BigDecimal.valueOf(value, NANO_DIGITS);
  }

  @Override
  public int compareTo(NanoDollars other) {
    return Long.compare(value, other.value);
  }

  /** Plain decimal dollars without trailing zeros, such as {@code 0.00000042}. */
  @Override
  public String toString() {
    return value == 0 ? "0" : toUsd().stripTrailingZeros().toPlainString();
  }
}
