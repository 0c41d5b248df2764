package dev.drover.cli;

import dev.drover.catalog.Catalog;
import dev.drover.catalog.Prices;
import dev.drover.catalog.Target;
import dev.drover.config.PriceList;
import dev.drover.config.schema.CredentialConfig;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.PriceConfig;
import dev.drover.credential.Credentials;
import dev.drover.credential.Secrets;
import dev.drover.ledger.Store;
import dev.drover.report.Baseline;
import dev.drover.report.Dimension;
import dev.drover.report.Report;
import dev.drover.report.ReportText;
import dev.drover.report.Reports;
import dev.drover.types.Suggestion;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sums up the ledger. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Usage and cost from the ledger, and what was saved against a baseline.")
final class ReportCommand implements Callable<Integer> {
  /** The formats of a report. */
  enum Format {
    text,
    csv,
    json
  }

  @Parameters(paramLabel = "FILE", description = "The config file; it says where the ledger is.")
  private Path file = Path.of("");

  @Option(
      names = "--since",
      paramLabel = "DAY",
      description = "The first day, UTC, such as 2026-11-01. Default: the first of this month.")
  private @Nullable LocalDate since;

  @Option(names = "--until", paramLabel = "DAY", description = "The last day, UTC. Default: today.")
  private @Nullable LocalDate until;

  @Option(
      names = "--group-by",
      paramLabel = "NAME",
      split = ",",
      description =
          "day, month, team, project, key, model, target, ending or tag:NAME; several by commas. Default: team,model.")
  private List<String> groupBy = List.of("team", "model");

  @Option(
      names = "--baseline",
      paramLabel = "NAME",
      description =
          "Show what the same tokens would have cost at this target, or at this model of the price list, and what was saved.")
  private @Nullable String baseline;

  @Option(names = "--format", description = "${COMPLETION-CANDIDATES}. Default: text.")
  private Format format = Format.text;

  @Override
  public Integer call() throws SQLException {
    Optional<GatewayConfig> config = Configs.load(file);
    if (config.isEmpty()) {
      return 1;
    }
    Instant now = Instant.now();
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    LocalDate last = until == null ? today : until;
    LocalDate first = since == null ? last.withDayOfMonth(1) : since;
    if (first.isAfter(last)) {
      System.err.printf("--since: %s (expected: a day up to --until, %s)%n", first, last);
      return 2;
    }
    List<Dimension> by;
    Baseline against;
    Secrets secrets = new Secrets(System::getenv);
    try {
      by = groupBy.stream().map(Dimension::of).toList();
      against = baseline == null ? null : baseline(baseline, config.get(), secrets);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return 2;
    }
    try (Store store = open(config.get(), secrets)) {
      Report report = new Reports(store).of(first, last, by, against, now);
      System.out.print(
          switch (format) {
            case text -> ReportText.table(report);
            case csv -> ReportText.csv(report);
            case json -> ReportText.json(report);
          });
    }
    return 0;
  }

  private static Store open(GatewayConfig config, Secrets secrets) throws SQLException {
    CredentialConfig place = config.ledger().password();
    return Store.openToRead(
        config.ledger(),
        Path.of(config.server().stateDir()),
        place == null ? null : secrets.at(place).value());
  }

  private static Baseline baseline(String name, GatewayConfig config, Secrets secrets) {
    Catalog catalog = Catalog.compile(config, Credentials.offline(secrets));
    Target target =
        catalog.targets().stream().filter(t -> t.name().equals(name)).findFirst().orElse(null);
    PriceConfig listed = target == null ? PriceList.find("", name, config.priceList()) : null;
    if (target == null && listed == null) {
      throw new IllegalArgumentException(
          "--baseline: \"%s\" (expected: a target of the config or a model of the price list%s)"
              .formatted(
                  name,
                  Suggestion.hint(name, catalog.targets().stream().map(Target::name).toList())));
    }
    return new Baseline(
        name,
        target != null
            ? target.price()
            : Prices.compile(Objects.requireNonNull(listed), config.currencies()));
  }
}
