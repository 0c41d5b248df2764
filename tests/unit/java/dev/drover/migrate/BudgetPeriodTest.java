package dev.drover.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetPeriodTest {
  @ParameterizedTest
  @CsvSource({
    "30s, day, 2880",
    "15m, day, 96",
    "1h, day, 24",
    "24h, day, 1",
    "1d, day, 1",
    "daily, day, 1",
    "2d, day, 0.5",
    "7d, week, 1",
    "1w, week, 1",
    "14d, week, 0.5",
    "30d, month, 1",
    "1mo, month, 1",
    "Monthly, month, 1",
    "' 1mo ', month, 1",
    "2mo, month, 0.5",
    "90d, month, 0.3333333333333333",
    "12mo, year, 1",
    "24mo, year, 0.5",
    "365d, year, 1",
    "1y, year, 1",
    "999999999y, year, 0.000000001000000001",
  })
  void length_isThePeriodThatIsNoLonger_withTheLimitInProportion(
      String length, String per, BigDecimal factor) {
    BudgetPeriod period = Objects.requireNonNull(BudgetPeriod.parse(length));
    assertThat(period.per()).isEqualTo(per);
    assertThat(period.factor()).isEqualByComparingTo(factor);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0d", "soon", "30", "-1d", "1.5h", "os.environ/P", "9999999999d"})
  void textThatIsNoLength_isNone(String text) {
    assertThat(BudgetPeriod.parse(text)).isNull();
  }
}
