package dev.drover.tools.standin;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpTrailers;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends the messages of one direction to the ext_proc server, and times its replies. Confined to
 * the stream's event loop.
 */
final class ExtProcOutbox {
  private final ExtProcFilter filter;
  private final boolean ofRequest;
  private boolean started;
  private @Nullable ScheduledFuture<?> timer;
  private boolean extended;

  ExtProcOutbox(ExtProcFilter filter, boolean ofRequest) {
    this.filter = filter;
    this.ofRequest = ofRequest;
  }

  void headers(HeaderMap headers, boolean end, boolean timed) {
    HttpHeaders.Builder message =
        HttpHeaders.newBuilder().setEndOfStream(end).setHeaders(proto(headers));
    ProcessingRequest.Builder request = ProcessingRequest.newBuilder();
    send(
        ofRequest ? request.setRequestHeaders(message) : request.setResponseHeaders(message),
        timed);
  }

  void body(ByteString data, boolean end, boolean timed) {
    HttpBody message = HttpBody.newBuilder().setBody(data).setEndOfStream(end).build();
    ProcessingRequest.Builder request = ProcessingRequest.newBuilder();
    send(ofRequest ? request.setRequestBody(message) : request.setResponseBody(message), timed);
  }

  void trailers(HeaderMap received, boolean timed) {
    HttpTrailers message = HttpTrailers.newBuilder().setTrailers(proto(received)).build();
    ProcessingRequest.Builder request = ProcessingRequest.newBuilder();
    send(
        ofRequest ? request.setRequestTrailers(message) : request.setResponseTrailers(message),
        timed);
  }

  /** Gives the awaited answer more time; false when none is awaited or it had more time already. */
  boolean extendTimer(Duration time) {
    if (timer == null || extended) {
      return false;
    }
    extended = true;
    schedule(time);
    return true;
  }

  void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void send(ProcessingRequest.Builder message, boolean timed) {
    boolean first = !started;
    started = true;
    filter.send(message, ofRequest, first);
    if (timed && !filter.observes()) {
      extended = false;
      schedule(filter.settings.messageTimeout());
    }
  }

  private void schedule(Duration time) {
    stopTimer();
    timer = filter.host.loop().schedule(filter::timedOut, time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private io.envoyproxy.envoy.config.core.v3.HeaderMap proto(HeaderMap headers) {
    var map = io.envoyproxy.envoy.config.core.v3.HeaderMap.newBuilder();
    headers.forEach(
        (name, value) -> {
          if (filter.settings.forwards(name)) {
            map.addHeaders(
                HeaderValue.newBuilder().setKey(name).setRawValue(ByteString.copyFromUtf8(value)));
          }
        });
    return map.build();
  }
}
