package dev.drover.ledger;

import dev.drover.config.schema.ByteSize;
import dev.drover.config.schema.LedgerConfig;
import dev.drover.record.Caller;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.Outcome;
import dev.drover.record.TraceContext;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import dev.drover.usage.v1.UsageEvent;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Events for tests. */
public final class Events {
  private static final ExchangeRecord.Course COURSE =
      new ExchangeRecord.Course("00", "one", "one.example", "cheap-1", 0, 1000);

  static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  /** So long that noon never expires. */
  static final int RETENTION_DAYS = 36_500;

  private Events() {}

  static UsageEvent event(String id, String team, Instant at, long input, long output, long cost) {
    return UsageEvents.of(record(id, team, at, input, output, cost));
  }

  /** A ledger in a folder, with these exchanges in it. */
  public static Store store(Path folder, List<ExchangeRecord> records) throws SQLException {
    LedgerConfig config =
        new LedgerConfig("sqlite", null, null, null, null, RETENTION_DAYS, new ByteSize(1 << 20));
    Store store = Store.open(config, folder, null);
    store.insert(records.stream().map(UsageEvents::of).toList());
    return store;
  }

  /** A complete answer at the first attempt, or another ending. */
  public static ExchangeRecord record(
      String id, Instant at, String team, Ending ending, Usage usage, NanoDollars cost) {
    return new ExchangeRecord(
        id,
        TraceContext.NONE,
        new ExchangeRecord.Asked(
            "chat",
            "chat",
            false,
            null,
            null,
            Map.of("centre", team + "-1"),
            new Caller("key-1", team, "", null)),
        List.of(
            new ExchangeRecord.AttemptRecord(
                "cheap", Outcome.SUCCESS, 200, 2_000_000, usage, cost, COURSE)),
        "cheap",
        "cheap-1",
        ending,
        200,
        null,
        null,
        usage,
        cost,
        new ExchangeRecord.Charge(usage.tokens(), cost),
        new ExchangeRecord.Cached("", NanoDollars.ZERO),
        new ExchangeRecord.Timing(at, 5_000_000, 3_000_000));
  }

  /** A complete answer of target {@code cheap} after a first attempt that timed out. */
  public static ExchangeRecord record(
      String id, String team, Instant at, long input, long output, long cost) {
    Usage usage = new Usage(Usage.Status.COMPLETE, input, 0, 0, 0, output, 0, input + output);
    return new ExchangeRecord(
        id,
        TraceContext.NONE,
        new ExchangeRecord.Asked(
            "chat",
            "chat",
            false,
            "code",
            null,
            Map.of("centre", "a\"1"),
            new Caller("key-1", team, "proj", null)),
        List.of(
            new ExchangeRecord.AttemptRecord(
                "dear", Outcome.TIMEOUT, 0, -1, Usage.estimated(7, 0), new NanoDollars(3), COURSE),
            new ExchangeRecord.AttemptRecord(
                "cheap", Outcome.SUCCESS, 200, 2_000_000, usage, new NanoDollars(cost), COURSE)),
        "cheap",
        "cheap-1",
        Ending.COMPLETE,
        200,
        null,
        null,
        usage,
        new NanoDollars(cost),
        new ExchangeRecord.Charge(
            usage.tokens() + 7, new NanoDollars(cost).plus(new NanoDollars(3))),
        new ExchangeRecord.Cached("", NanoDollars.ZERO),
        new ExchangeRecord.Timing(at, 5_000_000, 3_000_000));
  }
}
