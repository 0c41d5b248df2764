package dev.drover.telemetry.trace;

import dev.drover.config.schema.TracesConfig;
import dev.drover.record.Content;
import dev.drover.record.ExchangeListener;
import dev.drover.record.ExchangeRecord;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the spans of finished exchanges, each kept trace's. Thread-safe. Spans are made and sent by
 * threads of their own: a slow receiver holds no exchange up; what it cannot take in time is
 * dropped and counted.
 */
public final class Traces implements ExchangeListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Traces.class);
  private static final int QUEUE = 4096;
  private static final int MOST_AT_ONCE = 256;

  /**
   * The most bytes of prompts and responses that wait to be sent. Spans of further exchanges go
   * without content.
   */
  private static final long MOST_CONTENT_BYTES = 64L << 20;

  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final Duration LONGEST_SEND = Duration.ofSeconds(10);
  private static final Duration LAST_SPANS = Duration.ofSeconds(3);

  /** The exporter would tell of each batch that is not taken. */
  private static final java.util.logging.Logger LIBRARY =
      java.util.logging.Logger.getLogger("io.opentelemetry");

  private record Finished(ExchangeRecord record, @Nullable Content content) {
    int spans() {
      return 1 + record.attempts().size();
    }

    long contentBytes() {
      return content == null ? 0 : content.request().length() + content.answer().length();
    }
  }

  private final BlockingQueue<Finished> queue = new ArrayBlockingQueue<>(QUEUE);
  private final AtomicLong contentBytes = new AtomicLong();
  private final List<SpanData> made = new ArrayList<>();
  private final SpanExporter exporter;
  private final SdkTracerProvider provider;
  private final String endpoint;
  private final Spans spans;
  private final Redaction redaction;
  private final ObjLongConsumer<String> counted;
  private final Thread maker;
  private volatile boolean closing;
  private boolean refusing;

  /**
   * Begins to send.
   *
   * @param endpoint where to
   * @param headers sent along, asked for each time
   * @param counted told of spans by what became of them: {@code sent}, {@code refused}, {@code
   *     dropped}
   */
  public Traces(
      TracesConfig config,
      String endpoint,
      String version,
      Supplier<Map<String, String>> headers,
      ObjLongConsumer<String> counted) {
    LIBRARY.setLevel(Level.OFF);
    this.counted = counted;
    this.redaction = new Redaction(config.redact());
    GivenIds ids = new GivenIds();
    this.endpoint = endpoint;
    this.exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(endpoint)
            .setHeaders(headers)
            .setTimeout(LONGEST_SEND)
            .build();
    this.provider =
        SdkTracerProvider.builder()
            .setSampler(Sampler.alwaysOn()) // decided when the exchange began
            .setIdGenerator(ids)
            .setResource(
                Resource.create(
                    Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        config.serviceName(),
                        AttributeKey.stringKey("service.version"),
                        version)))
            .addSpanProcessor(new Gathering(made))
            .build();
    this.spans = new Spans(provider.get("dev.drover"), ids);
    this.maker = Thread.ofPlatform().daemon().name("drover-sink-traces").start(this::run);
  }

  @Override
  public void finished(ExchangeRecord record) {
    offer(record, null);
  }

  @Override
  public void finished(ExchangeRecord record, Content content) {
    offer(record, content);
  }

  private void offer(ExchangeRecord record, @Nullable Content content) {
    if (!record.trace().sampled()) {
      return;
    }
    Finished whole = new Finished(record, content);
    boolean room =
        contentBytes.addAndGet(whole.contentBytes()) <= MOST_CONTENT_BYTES || content == null;
    if (!room) {
      contentBytes.addAndGet(-whole.contentBytes());
    }
    Finished waiting = room ? whole : new Finished(record, null);
    if (closing || !queue.offer(waiting)) {
      contentBytes.addAndGet(-waiting.contentBytes());
      counted.accept("dropped", waiting.spans());
    }
  }

  private void run() {
    try {
      for (Finished first = next(); first != null; first = next()) {
        List<Finished> batch = new ArrayList<>();
        batch.add(first);
        queue.drainTo(batch, MOST_AT_ONCE - 1);
        batch.forEach(this::make);
        send();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next exchange; null when it is closing and there is none. */
  private @Nullable Finished next() throws InterruptedException {
    while (true) {
      Finished next = queue.poll(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
      if (next != null || closing) {
        return next;
      }
    }
  }

  private void make(Finished exchange) {
    contentBytes.addAndGet(-exchange.contentBytes());
    try {
      Content content = exchange.content;
      spans.make(exchange.record, content == null ? null : Messages.of(content, redaction));
    } catch (RuntimeException | Error e) { // a thread that ended would hold all that waits
      counted.accept("dropped", exchange.spans());
      log.warn("traces: exchange {}: no spans: {}", exchange.record.id(), e.getClass().getName());
    }
  }

  /** Sends what was made, and tells when a receiver stops or begins again to take it. */
  private void send() {
    if (made.isEmpty()) {
      return;
    }
    CompletableResultCode result = exporter.export(List.copyOf(made));
    result.join(LONGEST_SEND.toMillis() + 1000, TimeUnit.MILLISECONDS);
    boolean sent = result.isSuccess();
    counted.accept(sent ? "sent" : "refused", made.size());
    made.clear();
    if (sent == refusing) {
      refusing = !sent;
      if (sent) {
        log.info("traces: {} takes spans", endpoint);
      } else {
        log.warn("traces: {} takes no spans: {}", endpoint, reason(result.getFailureThrowable()));
      }
    }
  }

  private static String reason(@Nullable Throwable failure) {
    if (failure == null) {
      return "no answer within " + LONGEST_SEND.toSeconds() + " s";
    }
    return failure.getMessage() == null // as the library has it for any status but 200
        ? "an error status"
        : failure.getMessage();
  }

  /** Sends what waits, as far as that is possible within a few seconds. */
  @Override
  public void close() {
    closing = true;
    try {
      maker.join(LAST_SPANS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    queue.forEach(each -> counted.accept("dropped", each.spans()));
    if (!maker.isAlive()) {
      provider.close();
      exporter.close();
    }
  }

  /** Takes up the spans that end. */
  private record Gathering(List<SpanData> made) implements SpanProcessor {
    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
      // only whole spans are sent
    }

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      made.add(span.toSpanData());
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }
}
