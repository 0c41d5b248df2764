package dev.drover.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static long nanos(String value) {
    return RetryAfter.nanos(value, () -> Instant.EPOCH);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"1.5 | 1500", "0.25 | 250", "7. | 7000"})
  void fractions_areRead(String value, long millis) {
    assertThat(nanos(value)).isEqualTo(Duration.ofMillis(millis).toNanos());
  }

  @ParameterizedTest
  @CsvSource({
    "1500, 9, 1500",
    "0.5, '', 0",
    "soon, 2, 2000",
    "'', 2, 2000",
    "99999999999, 1, 3600000"
  })
  void milliseconds_goFirst(String millis, String seconds, long expected) {
    long nanos =
        RetryAfter.nanos(
            name -> name.equals("retry-after-ms") ? millis : seconds, () -> Instant.EPOCH);
    assertThat(Duration.ofNanos(nanos).toMillis()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"7 | 7", "' 7 ' | 7", "0 | 0", "Thu, 01 Jan 1970 00:00:09 GMT | 9"})
  void secondsAndDates_areRead(String value, long seconds) {
    assertThat(nanos(value)).isEqualTo(Duration.ofSeconds(seconds).toNanos());
  }

  @ParameterizedTest
  @ValueSource(strings = {"99999999999", "3601", "Fri, 01 Jan 2100 00:00:00 GMT"})
  void whatIsLonger_isAnHour(String value) {
    assertThat(nanos(value)).isEqualTo(Duration.ofHours(1).toNanos());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "soon", "-1", "Wed, 31 Dec 1969 23:59:59 GMT"})
  void anythingElse_saysNothing(String value) {
    assertThat(nanos(value)).isNegative();
  }

  @Test
  void providerOfOpenAisApi_asksByThatHeader() {
    assertThat(
            Dialects.all()
                .getFirst()
                .provider()
                .backoffNanos(name -> name.equals("retry-after") ? "3" : "", () -> Instant.EPOCH))
        .isEqualTo(3_000_000_000L);
  }
}
