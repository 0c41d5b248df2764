package dev.drover.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.catalog.Price;
import dev.drover.ledger.Events;
import dev.drover.ledger.Store;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportsTest {
  private static final Price DEEPSEEK = flat("0.14", "0.42");
  private static final LocalDate FIRST = LocalDate.parse("2026-01-01");
  private static final LocalDate LAST = LocalDate.parse("2026-12-31");
  private static final Instant NOW = Instant.parse("2026-12-31T12:00:00Z");

  @TempDir private Path folder;

  private static Price flat(String input, String output) {
    return new Price(rates(input, output), List.of());
  }

  private static Price.Rates rates(String input, String output) {
    long in = NanoDollars.ofUsd(new BigDecimal(input)).value();
    long out = NanoDollars.ofUsd(new BigDecimal(output)).value();
    return new Price.Rates(in, in, in, in, out, out);
  }

  private static Usage usage(long input, long output) {
    return new Usage(Usage.Status.COMPLETE, input, 0, 0, 0, output, 0, 0);
  }

  private static ExchangeRecord answer(String id, Instant at, String team, Usage usage) {
    return Events.record(id, at, team, Ending.COMPLETE, usage, DEEPSEEK.cost(usage));
  }

  /** Exchanges on each of some months' tenth day. */
  private static Stream<ExchangeRecord> months(int months, int exchanges, Usage usage) {
    return IntStream.range(0, months * exchanges)
        .mapToObj(
            i ->
                answer(
                    "id-" + i,
                    Instant.parse("2026-%02d-10T10:00:00Z".formatted(1 + i / exchanges)),
                    "search",
                    usage));
  }

  private Report report(List<ExchangeRecord> records, List<String> by, @Nullable Baseline baseline)
      throws SQLException {
    try (Store store = Events.store(folder, records)) {
      return new Reports(store)
          .of(FIRST, LAST, by.stream().map(Dimension::of).toList(), baseline, NOW);
    }
  }

  private static String usd(NanoDollars amount) {
    return amount.toString();
  }

  @Test
  void tenMillionTokensAMonth_save220Dollars08AYear() throws SQLException {
    Report report =
        report(
            months(12, 1_000, usage(3_000, 7_000)).toList(),
            List.of("month"),
            new Baseline("official", flat("0.70", "2.80")));
    Line may = Objects.requireNonNull(report.lines().get(List.of("2026-05")));
    assertThat(usd(may.spent())).isEqualTo("3.36");
    assertThat(usd(may.baselineCost())).isEqualTo("21.7");
    assertThat(usd(may.saved())).isEqualTo("18.34");
    assertThat(usd(report.total().saved())).isEqualTo("220.08");
    assertThat(report.total().savedPercent()).isEqualTo("84.5");
  }

  @Test
  void hundredAndThirtyMillionTokens_oldPriceAgainstNew() throws SQLException {
    Report report =
        report(
            months(1, 1_000, usage(100_000, 30_000)).toList(),
            List.of("team"),
            new Baseline("gpt-4.1", flat("2.50", "8.00")));
    assertThat(report.total().input()).isEqualTo(100_000_000);
    assertThat(report.total().output()).isEqualTo(30_000_000);
    assertThat(usd(report.total().spent())).isEqualTo("26.6");
    assertThat(usd(report.total().baselineCost())).isEqualTo("490");
    assertThat(usd(report.total().saved())).isEqualTo("463.4");
  }

  @Test
  void longPrompts_arePricedInTheirTier() throws SQLException {
    Price tiered = new Price(rates("1", "2"), List.of(new Price.Tier(1_000, rates("10", "20"))));
    Instant day = Instant.parse("2026-05-10T10:00:00Z");
    List<ExchangeRecord> records =
        List.of(
            answer("short-1", day, "a", usage(1_000, 100)),
            answer("short-2", day, "a", usage(900, 100)),
            answer("long", day, "a", usage(1_001, 100)));
    Report report = report(records, List.of("day", "team"), new Baseline("tiered", tiered));
    long expected = records.stream().mapToLong(r -> tiered.cost(r.usage()).value()).sum();
    assertThat(report.total().baselineCost().value()).isEqualTo(expected);
    assertThat(report.lines().keySet()).containsExactly(List.of("2026-05-10", "a"));
    assertThat(report.notes()).isEmpty();
  }

  @Test
  void failuresCostWhatTheyCost_andAreNotAnswers() throws SQLException {
    Instant day = Instant.parse("2026-05-10T10:00:00Z");
    List<ExchangeRecord> records = new ArrayList<>();
    records.add(Events.record("a", "t", day, 10, 5, 1_000)); // 3 of it for an attempt in vain
    records.add(Events.record("b", day, "t", Ending.CUT, usage(5, 5), new NanoDollars(70)));
    records.add(Events.record("c", day, "t", Ending.CANCELLED, Usage.NONE, NanoDollars.ZERO));
    records.add(Events.record("d", day, "t", Ending.REFUSED, Usage.NONE, NanoDollars.ZERO));
    Line total = report(records, List.of("key"), null).total();
    assertThat(total.requests()).isEqualTo(4);
    assertThat(total.failed()).isEqualTo(1);
    assertThat(total.cancelled()).isEqualTo(1);
    assertThat(total.refused()).isEqualTo(1);
    assertThat(total.failures()).isEqualTo(73);
    assertThat(total.spent().value()).isEqualTo(1_073);
  }

  @Test
  void groups_followTheOrderAsked_tagsToo() throws SQLException {
    Instant day = Instant.parse("2026-05-10T10:00:00Z");
    List<ExchangeRecord> records =
        List.of(
            answer("1", day, "b", usage(1, 1)),
            answer("2", day, "a", usage(1, 1)),
            answer("3", day.plusSeconds(86_400), "a", usage(1, 1)));
    assertThat(report(records, List.of("tag:centre", "day"), null).lines().keySet())
        .containsExactly(
            List.of("a-1", "2026-05-10"),
            List.of("a-1", "2026-05-11"),
            List.of("b-1", "2026-05-10"));
    assertThat(report(List.of(), List.of("tag:none"), null).lines()).containsOnlyKeys(List.of(""));
    assertThatThrownBy(() -> Dimension.of("colour"))
        .hasMessageContaining("colour")
        .hasMessageContaining("tag:NAME");
  }

  @Test
  void month_goesOnAsItBegan() throws SQLException {
    Usage million = usage(1_000_000, 0);
    try (Store store =
        Events.store(
            folder, List.of(answer("1", Instant.parse("2026-11-02T00:00:00Z"), "a", million)))) {
      Report report =
          new Reports(store)
              .of(FIRST, LAST, List.of(), null, Instant.parse("2026-11-11T00:00:00Z"));
      assertThat(report.month().name()).isEqualTo("2026-11");
      assertThat(usd(report.month().spent())).isEqualTo("0.14");
      assertThat(usd(report.month().projected())).isEqualTo("0.42");
    }
  }

  @Test
  void texts_sayTheSame() throws SQLException {
    Report report =
        report(
            months(1, 1, usage(3_000_000, 7_000_000)).toList(),
            List.of("team", "tag:centre"),
            new Baseline("gpt", flat("0.70", "2.80")));
    assertThat(ReportText.csv(report))
        .isEqualTo(
            """
            team,tag:centre,requests,failed,refused,cancelled,cache_hits,input,cached,output,spent_usd,of_it_failures_usd,cache_saved_usd,baseline_usd,saved_usd,saved_percent\r
            search,search-1,1,0,0,0,0,3000000,0,7000000,3.36,0,0,21.7,18.34,84.5\r
            """);
    assertThat(ReportText.json(report))
        .contains("\"spent_usd\" : 3.360000000", "\"saved_percent\" : 84.5");
    assertThat(ReportText.table(report))
        .contains("team    tag:centre  requests", "search  search-1           1")
        .contains("total", "18.340000", "2026-12: 0.000000 USD so far");
  }

  @Test
  void csv_quotesWhatWouldBreakIt() {
    Report report =
        new Report(
            FIRST,
            LAST,
            List.of(Dimension.of("team")),
            Map.of(List.of("a,\"b\""), Line.NOTHING),
            Line.NOTHING,
            null,
            NanoDollars.ZERO,
            NanoDollars.ZERO,
            new Report.Month("2026-12", NanoDollars.ZERO, NanoDollars.ZERO),
            List.of());
    assertThat(ReportText.csv(report)).contains("\r\n\"a,\"\"b\"\"\",0,");
  }
}
