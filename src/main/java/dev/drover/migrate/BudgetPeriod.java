package dev.drover.migrate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A period that Drover has budgets for, in place of one of any length. Immutable.
 *
 * @param per the period as Drover's config has it
 * @param factor what a limit is multiplied by, so that as much may be spent in the long run
 */
record BudgetPeriod(String per, BigDecimal factor) {
  static final BudgetPeriod MONTH = new BudgetPeriod("month", BigDecimal.ONE);

  private static final Pattern LENGTH = Pattern.compile("([0-9]{1,9})(mo|[smhdwy])");

  private static final Map<String, String> WORDS =
      Map.of("hourly", "1h", "daily", "1d", "weekly", "7d", "monthly", "1mo", "yearly", "1y");

  private static final long DAY = 86_400;
  private static final long WEEK = 7 * DAY;
  private static final long THIRTY_DAYS = 30 * DAY;
  private static final long YEAR = 365 * DAY;

  /** Returns the period for a length such as 30s, 15m, 1h, 7d, 2w or 1mo, or null. */
  static @Nullable BudgetPeriod parse(String text) {
    String length = text.strip().toLowerCase(Locale.ROOT);
    Matcher matcher = LENGTH.matcher(WORDS.getOrDefault(length, length));
    if (!matcher.matches()) {
      return null;
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    if (number == 0) {
      return null;
    }
    return unit.equals("mo") && number % 12 == 0
        ? of(number / 12 * YEAR)
        : of(number * seconds(unit));
  }

  private static long seconds(String unit) {
    return switch (unit) {
      case "s" -> 1;
      case "m" -> 60;
      case "h" -> 3_600;
      case "d" -> DAY;
      case "w" -> WEEK;
      case "mo" -> THIRTY_DAYS;
      default -> YEAR;
    };
  }

  /** Returns the longest period that is no longer, or a day. */
  private static BudgetPeriod of(long seconds) {
    if (seconds >= YEAR) {
      return per("year", YEAR, seconds);
    }
    if (seconds >= THIRTY_DAYS) {
      return per("month", THIRTY_DAYS, seconds);
    }
    return seconds >= WEEK ? per("week", WEEK, seconds) : per("day", DAY, seconds);
  }

  private static BudgetPeriod per(String name, long own, long given) {
    return new BudgetPeriod(
        name, BigDecimal.valueOf(own).divide(BigDecimal.valueOf(given), MathContext.DECIMAL64));
  }
}
