package dev.drover.tools.standin;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * A single attempt at one host: the cluster's filters, then the wire, and back. The header map is
 * the stream's own, so what a filter changes here is still there at the next attempt. Confined to
 * the stream's event loop.
 */
final class Attempt implements FilterHost {
  /** Decides what becomes of the response of an attempt. */
  interface Judge extends UpstreamRequest.Events {
    /** An upstream-level filter has answered in the host's place. */
    void replied(LocalReply reply, ExtProcFilter from);
  }

  private final HttpStream stream;
  private final StreamInfo info;
  private final Upstream cluster;
  private final Upstream.Host host;
  private final boolean rewriteHost;
  private final Judge judge;
  private final @Nullable ExtProcFilter filter;
  private final UpstreamRequest wire;
  private boolean over;

  /**
   * @param info what the cluster's filters see: the stream's own, or that of a copy
   */
  Attempt(
      HttpStream stream,
      StreamInfo info,
      Upstream cluster,
      Upstream.Host host,
      boolean rewriteHost,
      Judge judge) {
    this.stream = stream;
    this.info = info;
    this.cluster = cluster;
    this.host = host;
    this.rewriteHost = rewriteHost;
    this.judge = judge;
    StandIn standIn = stream.standIn();
    Sink toJudge = new ToJudge();
    this.filter = standIn.filter(cluster.extProc(), this, new Codec(), toJudge);
    Sink back = filter == null ? toJudge : filter.response();
    this.wire =
        new UpstreamRequest(
            stream.pool(), host, new FromWire(back), standIn.knobs().maxReadBytes());
  }

  Upstream.Host host() {
    return host;
  }

  /** Returns the sink that the request enters. */
  Sink request() {
    return filter == null ? new Codec() : filter.request();
  }

  /** Ends the attempt; nothing is heard of it any more. */
  void cancel() {
    if (!over) {
      over = true;
      wire.cancel();
      if (filter != null) {
        filter.destroy();
      }
    }
  }

  /** Ends an attempt whose answer is complete. */
  void finished() {
    over = true;
    if (filter != null) {
      filter.destroy();
    }
  }

  void reading(boolean on) {
    wire.reading(on);
  }

  // ---- for the filter

  @Override
  public EventLoop loop() {
    return stream.loop();
  }

  @Override
  public StreamInfo info() {
    return info;
  }

  @Override
  public void clearRoute() {}

  @Override
  public void localReply(LocalReply reply, ExtProcFilter from) {
    if (!over) {
      judge.replied(reply, from);
    }
  }

  @Override
  public void reading(boolean request, boolean on) {
    if (request) {
      stream.reading(true, on);
    } else {
      wire.reading(on);
    }
  }

  @Override
  public long bufferLimit() {
    return cluster.bufferLimit();
  }

  // ---- the ends of the chain

  /** After ext_proc: header_mutation, the host header, the wire. */
  private final class Codec implements Sink {
    @Override
    public void headers(HeaderMap headers, boolean end) {
      cluster.mutations().forEach(mutation -> mutate(mutation, headers));
      HeaderMap onTheWire = headers.copy();
      if (rewriteHost) {
        onTheWire.set(":authority", host.hostname());
      }
      wire.headers(onTheWire, end);
    }

    private void mutate(HeaderMutation mutation, HeaderMap headers) {
      for (var change : mutation.getMutations().getRequestMutationsList()) {
        switch (change.getActionCase()) {
          case REMOVE -> headers.remove(change.getRemove());
          case REMOVE_ON_MATCH ->
              headers.removeIf(
                  name -> Protos.matches(change.getRemoveOnMatch().getKeyMatcher(), name));
          default -> append(change.getAppend(), headers);
        }
      }
    }

    private void append(HeaderValueOption option, HeaderMap headers) {
      String name = option.getHeader().getKey();
      String value = Format.text(option.getHeader().getValue(), info(), "");
      if (value.isEmpty() && !option.getKeepEmptyValue()) {
        return;
      }
      HeaderAppendAction action = option.getAppendAction();
      boolean absent = headers.get(name) == null;
      if (action == HeaderAppendAction.ADD_IF_ABSENT
          ? absent
          : action == HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD) {
        headers.add(name, value);
      } else if (action == HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD) {
        headers.set(name, value);
      }
    }

    @Override
    public void data(ByteString data, boolean end) {
      wire.data(data, end);
    }

    @Override
    public void trailers(HeaderMap trailers) {
      wire.trailers(trailers);
    }
  }

  private final class FromWire implements UpstreamRequest.Events {
    private final Sink back;

    FromWire(Sink back) {
      this.back = back;
    }

    @Override
    public void headers(HeaderMap headers, boolean end) {
      if (!over) {
        back.headers(headers, end);
      }
    }

    @Override
    public void data(ByteString data, boolean end) {
      if (!over) {
        back.data(data, end);
      }
    }

    @Override
    public void trailers(HeaderMap trailers) {
      if (!over) {
        back.trailers(trailers);
      }
    }

    @Override
    public void broken(boolean connected, String reason) {
      if (!over) {
        judge.broken(connected, reason);
      }
    }
  }

  private final class ToJudge implements Sink {
    @Override
    public void headers(HeaderMap headers, boolean end) {
      if (!over) {
        judge.headers(headers, end);
      }
    }

    @Override
    public void data(ByteString data, boolean end) {
      if (!over) {
        judge.data(data, end);
      }
    }

    @Override
    public void trailers(HeaderMap trailers) {
      if (!over) {
        judge.trailers(trailers);
      }
    }
  }
}
