package dev.drover.config.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.bind.Problem;
import dev.drover.testing.Configs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerChecksTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          { store: postgresql }                                         | ledger.url: missing
          { url: 'jdbc:postgresql://db/x' }                             | ledger.url: given
          { user: me }                                                  | ledger.user: given
          { store: postgresql, url: 'jdbc:postgresql://db/x', path: a } | ledger.path: given
          { store: postgresql, url: 'jdbc:postgresql://db/x?password=secret' } | ledger.url: a password
          { store: postgresql, url: 'jdbc:postgresql://db/x?reWriteBatchedInserts=true' } | ledger.url: reWriteBatchedInserts
          { store: postgresql, url: 'db/x' }                            | ledger.url
          { store: mysql }                                              | ledger.store
          { retention_days: 30 }                                        | ledger.retention_days: 30
          { password: { env: A, file: B } }                             | ledger.password
          """)
  void mistakes_areNamed(String ledger, String problem) {
    assertThat(
            ConfigLoader.parse(
                Configs.THREE.replace("STRATEGY", "priority")
                    + "teams: { a: { budgets: [ { limit_usd: 1, per: month } ] } }\n"
                    + "ledger: "
                    + ledger))
        .isInstanceOfSatisfying(
            Loaded.Broken.class,
            broken ->
                assertThat(broken.problems())
                    .extracting(Problem::toString)
                    .anySatisfy(p -> assertThat(p).startsWith(problem).doesNotContain("secret")));
  }
}
