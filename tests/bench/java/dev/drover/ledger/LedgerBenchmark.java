package dev.drover.ledger;

import dev.drover.config.schema.ByteSize;
import dev.drover.config.schema.LedgerConfig;
import dev.drover.record.Ending;
import dev.drover.record.ExchangeRecord;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the ledger's thread does for an exchange, with SQLite: its events in batches. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LedgerBenchmark {
  private static final int BATCH = 400;
  private static final Usage USAGE =
      new Usage(Usage.Status.COMPLETE, 2_000, 0, 0, 0, 300, 0, 2_300);

  private @Nullable Path folder;
  private @Nullable Store store;
  private long id;

  /** Opens a ledger of its own. */
  @Setup(Level.Trial)
  public void open() throws IOException, SQLException {
    folder = Files.createTempDirectory("drover-ledger");
    store =
        Store.open(
            new LedgerConfig("sqlite", null, null, null, null, 400, new ByteSize(1 << 20)),
            folder,
            null);
  }

  /** Deletes it. */
  @TearDown(Level.Trial)
  public void delete() throws IOException {
    Objects.requireNonNull(store).close();
    try (Stream<Path> files = Files.walk(Objects.requireNonNull(folder))) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  /** An exchange of one attempt, from its record to the disk. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int store() throws SQLException {
    return Objects.requireNonNull(store)
        .insert(IntStream.range(0, BATCH).mapToObj(_ -> UsageEvents.of(record())).toList());
  }

  private ExchangeRecord record() {
    String name = "0193a1b2-" + HexFormat.of().toHexDigits(id++);
    return Events.record(name, Instant.now(), "search", Ending.COMPLETE, USAGE, NanoDollars.ZERO);
  }
}
