package dev.drover.bench;

import dev.drover.dialect.Dialect;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.ResponseFacts;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseReader;
import dev.drover.testing.Requests;
import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reading and rewriting, without a wire: a request of 10 KiB and two of 1 MiB scanned, the model
 * spliced, usage read from a JSON answer, and from each event of a stream of 5,000.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BytesBenchmark {
  private static final int EVENTS = 5_000;
  private static final int TURN = 200;
  private static final String ANSWER =
      "{\"id\":\"a\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":2500,\"completion_tokens\":100,\"total_tokens\":2600}}"
          .formatted("All is well. ".repeat(40));
  private static final String EVENT =
      "data: {\"id\":\"a\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"},\"finish_reason\":null}]}\n\n";

  private final Dialect dialect = Dialects.all().getFirst();
  private final List<Bytes> events = new ArrayList<>();
  private Bytes small = Bytes.EMPTY;
  private Bytes large = Bytes.EMPTY;
  private Bytes escaped = Bytes.EMPTY;
  private Bytes answer = Bytes.EMPTY;
  private Operation operation;
  private RequestFacts facts;

  /** Makes the texts. */
  @Setup
  public void prepare() {
    operation = dialect.client().operation("POST", "/v1/chat/completions");
    small = request(10 << 10, "Tell me more of it. ");
    large = request(1 << 20, "Tell me more of it. ");
    escaped = request(1 << 20, "Tell me \\\"more\\\" of that talk,\\tand of its \\u00fcmlaut. ");
    facts = Requests.facts(small.text());
    answer = Bytes.utf8(ANSWER);
    for (int i = 0; i < EVENTS; i++) {
      events.add(Bytes.utf8(EVENT));
    }
  }

  private static Bytes request(int size, String said) {
    StringBuilder text = new StringBuilder("{\"model\":\"chat\",\"messages\":[");
    String turn = "{\"role\":\"user\",\"content\":\"" + said.repeat(TURN / said.length()) + "\"}";
    while (text.length() < size) {
      text.append(turn).append(',');
    }
    return Bytes.utf8(text.append(turn).append("]}").toString());
  }

  /** The facts of 10 KiB. */
  @Benchmark
  public ParseResult scanSmall() {
    return dialect.client().parse(operation, small);
  }

  /** The facts of 1 MiB. */
  @Benchmark
  public ParseResult scanLarge() {
    return dialect.client().parse(operation, large);
  }

  /** The facts of 1 MiB, with quotes, tabs and other characters escaped. */
  @Benchmark
  public ParseResult scanEscaped() {
    return dialect.client().parse(operation, escaped);
  }

  /** Another model's name in 10 KiB. */
  @Benchmark
  public List<Bytes> splice() {
    return dialect.provider().fit(facts, small, "another-model", false).parts(small);
  }

  /** The usage of a JSON answer. */
  @Benchmark
  public ResponseFacts usage() {
    try (ResponseReader reader =
        dialect.provider().reader(facts, new ResponseHead(200, "application/json", ""), false)) {
      reader.read(answer, true);
      return reader.facts(true);
    }
  }

  /** One event of a stream, each in a chunk of its own. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public ResponseFacts event() {
    try (ResponseReader reader =
        dialect.provider().reader(facts, new ResponseHead(200, "text/event-stream", ""), false)) {
      for (Bytes event : events) {
        reader.read(event, false);
      }
      return reader.facts(false);
    }
  }
}
