package dev.drover.telemetry;

import dev.drover.json.Yaml;
import dev.drover.record.ExchangeListener;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.ShadowRecord;
import dev.drover.types.Usage;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes one JSON line per exchange, without content. A virtual thread of its own writes the lines,
 * so that a slow terminal or a full disk never delays an exchange. When the queue is full, lines
 * are dropped and counted in the next one written.
 */
public final class AccessLog implements ExchangeListener, AutoCloseable {
  private static final int QUEUE = 10_000;
  private static final Duration LAST_LINE = Duration.ofSeconds(1);

  private final BlockingQueue<Map<String, Object>> queue = new ArrayBlockingQueue<>(QUEUE);
  private final AtomicLong dropped = new AtomicLong();
  private final PrintStream out;
  private final Thread writer;

  public AccessLog(PrintStream out) {
    this.out = out;
    this.writer = Thread.ofVirtual().name("drover-sink-access").start(this::run);
  }

  @Override
  public void finished(ExchangeRecord record) {
    log(fields(record));
  }

  @Override
  public void compared(ShadowRecord record) {
    log(fields(record));
  }

  private void log(Map<String, Object> fields) {
    if (!queue.offer(fields)) {
      dropped.incrementAndGet();
    }
  }

  @Override
  public void close() {
    writer.interrupt();
    try {
      writer.join(LAST_LINE); // it may be writing one
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    queue.forEach(fields -> out.println(line(fields)));
    out.flush();
  }

  private void run() {
    try {
      while (true) {
        out.println(line(queue.take()));
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String line(Map<String, Object> fields) {
    long lost = dropped.getAndSet(0);
    if (lost > 0) {
      fields.put("lines_dropped_before", lost);
    }
    return Yaml.writeJsonLine(fields);
  }

  /** The record's facts, in a stable order. */
  public static Map<String, Object> fields(ExchangeRecord record) {
    Usage usage = record.usage();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("time", record.timing().started().toString());
    fields.put("exchange", record.id());
    fields.put("trace", record.trace().traceId());
    fields.put("operation", record.asked().operation());
    fields.put("model", record.asked().model());
    fields.put("stream", record.asked().stream());
    fields.put("caller", record.asked().caller().identity());
    fields.put("team", record.asked().caller().team());
    fields.put("project", record.asked().caller().project());
    fields.put("task", record.asked().task());
    fields.put("policy", record.asked().policy());
    fields.put("tags", record.asked().tags());
    fields.put("target", record.target());
    fields.put("provider_model", record.providerModel());
    fields.put("ending", record.ending().label());
    fields.put("status", record.status());
    fields.put("code", record.code());
    fields.put("cache", record.cached().result());
    fields.put("attempts", record.attempts().stream().map(AccessLog::attempt).toList());
    fields.put("dropped_fields", record.droppedFields());
    fields.put("usage", usage.status().label());
    fields.put("service_tier", usage.tier().label());
    fields.put("input_tokens", usage.input());
    fields.put("cached_input_tokens", usage.cachedInput());
    fields.put("output_tokens", usage.output());
    fields.put("reasoning_tokens", usage.reasoning());
    fields.put("cost_usd", record.cost().toString());
    fields.put("charged_usd", record.charged().cost().toString());
    fields.put("hedge_cost_usd", record.hedgeCost().toString());
    fields.put("duration_ms", record.timing().durationNanos() / 1_000_000);
    fields.put("first_byte_ms", Math.max(-1, record.timing().firstByteNanos() / 1_000_000));
    return fields;
  }

  /** The comparison's facts, in a stable order. */
  public static Map<String, Object> fields(ShadowRecord record) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("exchange", record.exchange());
    fields.put("shadow_verdict", record.verdict());
    fields.put("model", record.model());
    side(fields, "primary_", record.primary());
    side(fields, "shadow_", record.shadow());
    return fields;
  }

  private static void side(Map<String, Object> fields, String prefix, ShadowRecord.Side side) {
    fields.put(prefix + "target", side.target());
    fields.put(prefix + "ending", side.ending().label());
    fields.put(prefix + "status", side.status());
    fields.put(prefix + "headers_ms", Math.max(-1, side.headersNanos() / 1_000_000));
    fields.put(prefix + "duration_ms", side.totalNanos() / 1_000_000);
    fields.put(prefix + "input_tokens", side.usage().input());
    fields.put(prefix + "output_tokens", side.usage().output());
    fields.put(prefix + "cost_usd", side.cost().toString());
    fields.put(prefix + "finish_reason", side.finishReason());
  }

  private static List<Object> attempt(ExchangeRecord.AttemptRecord attempt) {
    return List.of(
        attempt.target(),
        attempt.outcome().label(),
        attempt.status(),
        Math.max(-1, attempt.latencyNanos() / 1_000_000));
  }
}
