package dev.drover.bench;

import dev.drover.json.CanonicalJsonHash;
import dev.drover.json.Limits;
import dev.drover.types.Bytes;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the cache's key costs: a chat of 10 KB, and the worst MiB there is. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class CanonicalJsonHashBenchmark {
  @Param({"chat-10KB", "numbers-1MB", "objects-1MB"})
  public String kind;

  private Bytes body = Bytes.EMPTY;

  @Setup
  public void setUp() {
    body =
        Bytes.utf8(
            switch (kind) {
              case "numbers-1MB" -> "{\"input\":[" + "1,".repeat((1 << 20) / 2) + "1]}";
              case "objects-1MB" -> "{\"input\":[" + "{},".repeat((1 << 20) / 3) + "{}]}";
              default ->
                  "{\"messages\":["
                      + "{\"role\":\"user\",\"content\":\"%s\"},"
                          .formatted("word ".repeat(200))
                          .repeat(9)
                      + "{\"role\":\"user\",\"content\":\"and?\"}],\"temperature\":0}";
            });
  }

  @Benchmark
  public byte[] hash() {
    return CanonicalJsonHash.of(body, Limits.DEFAULT, Set.of("model"));
  }
}
