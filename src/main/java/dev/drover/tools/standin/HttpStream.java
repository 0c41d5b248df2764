package dev.drover.tools.standin;

import com.google.protobuf.ByteString;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request of a client and the response to it: the filter chain, local replies, the idle
 * timeout and the access log line. Confined to the client connection's event loop.
 *
 * <pre>
 *   client ─► ext_proc request ─► router ─► attempt …
 *   client ◄─ ext_proc response ◄─ router ◄─ attempt …
 * </pre>
 */
final class HttpStream implements FilterHost, Sink {
  private final StandIn standIn;
  private final Downstream client;
  private final EventLoop loop;
  private final StreamInfo info = new StreamInfo();
  private final RouterFilter router;
  private final @Nullable ExtProcFilter filter;
  private final Sink entry;
  private final Sink answer;
  private RouteTable.@Nullable Found route;
  private boolean routed;
  private boolean answerSeen;
  private boolean headersOut;
  private boolean replied;
  private boolean finished;
  private Duration idle;
  private @Nullable ScheduledFuture<?> idleTimer;

  /**
   * @param source the client's address
   */
  HttpStream(StandIn standIn, Downstream client, EventLoop loop, @Nullable String source) {
    this.standIn = standIn;
    this.client = client;
    this.loop = loop;
    this.idle = standIn.streamIdleTimeout();
    info.source = source;
    this.router = new RouterFilter(this);
    Sink out = new ToClient();
    this.filter = standIn.filter(standIn.routerLevel(), this, router, out);
    this.entry = filter == null ? router : filter.request();
    this.answer = filter == null ? out : filter.response();
    touch();
  }

  StandIn standIn() {
    return standIn;
  }

  UpstreamPool pool() {
    return standIn.pool(loop);
  }

  /** The route, chosen before the filters run and again after each clearing. */
  RouteTable.@Nullable Found route() {
    if (!routed) {
      routed = true;
      route = standIn.routes().find(info.requestHeaders);
    }
    return route;
  }

  /** Returns the sink where the upstream's response enters the chain. */
  Sink answer() {
    answerSeen = true;
    touch();
    return answer;
  }

  void idleTimeout(Duration timeout) {
    idle = timeout;
    touch();
  }

  // ---- the request, from the client

  @Override
  public void headers(HeaderMap headers, boolean end) {
    info.requestHeaders = headers;
    standIn.earlyRemovals().forEach(headers::remove);
    if (headers.get("x-request-id") == null) {
      headers.add("x-request-id", UUID.randomUUID().toString());
    }
    touch();
    route();
    entry.headers(headers, end);
  }

  @Override
  public void data(ByteString data, boolean end) {
    if (!replied && !finished) {
      info.bytesReceived += data.size();
      touch();
      entry.data(data, end);
    }
  }

  @Override
  public void trailers(HeaderMap trailers) {
    if (!replied && !finished) {
      touch();
      entry.trailers(trailers);
    }
  }

  /** The client went away. */
  void disconnected() {
    if (!finished) {
      info.flags = "DC";
      info.details = "downstream_remote_disconnect";
      finish();
    }
  }

  /**
   * Resumes reading the response when the client has room again, and pauses it when it has none.
   */
  void writable(boolean yes) {
    router.reading(yes);
  }

  // ---- what ends it

  /** Breaks the answer off. */
  void reset() {
    if (!finished) {
      client.reset();
      finish();
    }
  }

  @Override
  public void localReply(LocalReply reply, @Nullable ExtProcFilter from) {
    if (finished || replied) {
      return;
    }
    replied = true;
    router.abort();
    if (headersOut) {
      reset();
      return;
    }
    info.status = reply.status();
    info.details = reply.details();
    LocalReply written = standIn.localReplies().rewrite(reply, info);
    HeaderMap headers = new HeaderMap().add(":status", Integer.toString(written.status()));
    written.headers().forEach(headers::add);
    headers.set("content-length", Integer.toString(written.body().size()));
    boolean shown = standIn.knobs().localRepliesVisible() && !answerSeen && from != filter;
    Sink to = shown && filter != null && !filter.inert() ? filter.response() : new ToClient();
    to.headers(headers, written.body().isEmpty());
    if (!written.body().isEmpty() && !finished) {
      to.data(written.body(), true);
    }
  }

  private void finish() {
    finished = true;
    if (idleTimer != null) {
      idleTimer.cancel(false);
    }
    router.abort();
    if (filter != null) {
      filter.destroy();
    }
    standIn.accessLog().accept(info);
  }

  private void touch() {
    if (idleTimer != null) {
      idleTimer.cancel(false);
    }
    if (!finished && !idle.isZero()) {
      idleTimer = loop.schedule(this::idled, idle.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void idled() {
    localReply(LocalReply.text(504, "stream timeout", "stream_idle_timeout"), filter);
  }

  // ---- for the filter

  @Override
  public EventLoop loop() {
    return loop;
  }

  @Override
  public StreamInfo info() {
    return info;
  }

  @Override
  public void clearRoute() {
    routed = false;
  }

  @Override
  public void reading(boolean request, boolean on) {
    if (request) {
      client.reading(on);
    } else {
      router.reading(on);
    }
  }

  @Override
  public long bufferLimit() {
    return standIn.bufferLimit(route());
  }

  /** The end of the answer's chain. */
  private final class ToClient implements Sink {
    @Override
    public void headers(HeaderMap headers, boolean end) {
      if (finished) {
        return;
      }
      headersOut = true;
      info.responseHeaders = headers;
      info.status = (int) headers.number(":status", 0);
      if (info.details.isEmpty()) {
        info.details = "via_upstream";
      }
      client.headers(headers, end);
      endIf(end);
    }

    @Override
    public void data(ByteString data, boolean end) {
      if (finished) {
        return;
      }
      info.bytesSent += data.size();
      touch();
      client.data(data, end);
      endIf(end);
    }

    @Override
    public void trailers(HeaderMap trailers) {
      if (!finished) {
        client.trailers(trailers);
        endIf(true);
      }
    }

    private void endIf(boolean end) {
      if (end) {
        finish();
      }
    }
  }
}
