package dev.drover.e2e;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** Receives spans by OTLP over HTTP, as a collector does. */
final class SpanReceiver implements AutoCloseable {
  private final BlockingQueue<Span> spans = new LinkedBlockingQueue<>();
  private final HttpServer server;

  /** The status it answers with. */
  volatile int status = 200;

  /** Holds back every response until it is open. */
  volatile CountDownLatch gate = new CountDownLatch(0);

  /** The number of requests that have been answered. */
  final AtomicInteger answered = new AtomicInteger();

  /** What the last request had as {@code x-receiver-key}. */
  volatile String key = "";

  SpanReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          try (exchange) {
            key = String.valueOf(exchange.getRequestHeaders().getFirst("x-receiver-key"));
            boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("content-encoding"));
            InputStream body = exchange.getRequestBody();
            byte[] bytes = (gzip ? new GZIPInputStream(body) : body).readAllBytes();
            if (status == 200) {
              ExportTraceServiceRequest.parseFrom(bytes).getResourceSpansList().stream()
                  .flatMap(resource -> resource.getScopeSpansList().stream())
                  .flatMap(scope -> scope.getSpansList().stream())
                  .forEach(spans::add);
            }
            gate.await();
            exchange.sendResponseHeaders(status, -1);
            answered.incrementAndGet();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
  }

  /** The next span, which must come within ten seconds. */
  Span next() throws InterruptedException {
    Span span = spans.poll(60, TimeUnit.SECONDS);
    if (span == null) {
      throw new AssertionError("no span within 10 s");
    }
    return span;
  }

  /** Spans that nobody has taken. */
  int waiting() {
    return spans.size();
  }

  static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  static Map<String, String> attributes(Span span) {
    return span.getAttributesList().stream()
        .collect(Collectors.toMap(KeyValue::getKey, pair -> text(pair.getValue())));
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> Long.toString(value.getIntValue());
      case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      default -> value.toString();
    };
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
