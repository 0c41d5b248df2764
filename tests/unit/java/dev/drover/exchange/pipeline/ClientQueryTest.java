package dev.drover.exchange.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientQueryTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "?beta=true, ?beta=true",
        "?key=AIza1, none",
        "?a=1&API_KEY=x&b, ?a=1&b",
        "?access_token=x&access%5Ftoken=y, none",
        "?keys=1&monkey=2, ?keys=1&monkey=2",
        "?a=b%26key=1&token, ?a=b%26key=1",
        "?, ?"
      })
  void credentials_areTakenOut_andNothingElse(String query, String left) {
    assertThat(ClientQuery.withoutCredentials(query)).isEqualTo(left == null ? "" : left);
  }
}
