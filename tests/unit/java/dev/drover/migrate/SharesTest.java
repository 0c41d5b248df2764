package dev.drover.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.drover.testing.Cases;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharesTest {
  private static Map<String, BigDecimal> given(String numbers) {
    Map<String, BigDecimal> given = new LinkedHashMap<>();
    for (String number : numbers.split(" ", -1)) {
      given.put("t" + given.size(), new BigDecimal(number));
    }
    return given;
  }

  @ParameterizedTest
  @CsvSource({
    "0.4 0.6, 2 3",
    "0.9 0.1, 9 1",
    "0.9 0.1 0, 9 1 0",
    "9 1, 9 1",
    "1000 1, 1000 1",
    "0.5 1, 1 2",
    "1 1, 1 1",
    "0.7 0.7, 1 1",
    "5000000000 10000000000, 1 2",
    "100000 50000 25000, 4 2 1",
    "1e30 1e30, 1 1",
    "0.333 0.667, 333 667",
    "1e-9 2e-9, 1 2",
    "5000 0, 1 0",
  })
  void shares_areWhole_andInProportion(String numbers, String expected) {
    assertThat(Shares.of(given(numbers)).shares().values())
        .containsExactlyElementsOf(
            Stream.of(expected.split(" ", -1)).map(Integer::valueOf).toList());
  }

  @Test
  void shareThatIsNotNothing_neverBecomesNothing_andTheErrorIsTold() {
    Shares shares = Shares.of(given("0.0000001 1"));
    assertThat(shares.shares().values()).containsExactly(1, 1000);
    assertThat(shares.error()).isGreaterThan(1);
  }

  @Test
  void anyNumbers_keepTheirProportion_asFarAsTheErrorSays() {
    Cases.each(
        random -> {
          Map<String, BigDecimal> given = new LinkedHashMap<>();
          int scale = random.nextInt(-20, 20);
          for (int i = random.nextInt(1, 6); i > 0; i--) {
            given.put("t" + i, BigDecimal.valueOf(random.nextInt(1_000, 100_000), scale));
          }
          Shares shares = Shares.of(given);
          assertThat(shares.error()).isLessThan(0.06);
          List<Integer> found = List.copyOf(shares.shares().values());
          List<BigDecimal> asked = List.copyOf(given.values());
          for (int i = 0; i < found.size(); i++) {
            double exact = asked.get(i).doubleValue() / asked.getFirst().doubleValue();
            double is = (double) found.get(i) / found.getFirst();
            assertThat(is / exact).isCloseTo(1, within(3 * shares.error() + 1e-6));
          }
        });
  }
}
