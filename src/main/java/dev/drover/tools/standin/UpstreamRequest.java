package dev.drover.tools.standin;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 request to a host. Data written before the connection is open waits for it. Confined
 * to an event loop.
 */
final class UpstreamRequest extends ChannelInboundHandlerAdapter implements Sink {
  /** Receives the response to the request, or its failure. */
  interface Events extends Sink {
    /**
     * The connection broke or never came about.
     *
     * @param connected whether it stood
     */
    void broken(boolean connected, String reason);
  }

  private final UpstreamPool pool;
  private final Upstream.Host host;
  private final Events events;
  private final int maxRead;
  private final List<HttpObject> waiting = new ArrayList<>();
  private @Nullable Channel channel;
  private boolean keepAlive;
  private boolean requestDone;
  private boolean responseDone;
  private boolean responseBegun;
  private boolean over;

  UpstreamRequest(UpstreamPool pool, Upstream.Host host, Events events, int maxRead) {
    this.pool = pool;
    this.host = host;
    this.events = events;
    this.maxRead = maxRead;
    pool.acquire(host, this::connected, reason -> fail(false, reason));
  }

  /** Gives the request up. Nothing is heard of it any more. */
  void cancel() {
    if (!over) {
      over = true;
      waiting.forEach(ReferenceCountUtil::release);
      waiting.clear();
      if (channel != null) {
        channel.close();
      }
    }
  }

  void reading(boolean on) {
    if (channel != null) {
      channel.config().setAutoRead(on);
    }
  }

  private void connected(Channel fresh) {
    if (over) {
      pool.release(host, fresh);
      return;
    }
    channel = fresh;
    fresh.pipeline().addLast("request", this);
    waiting.forEach(fresh::write);
    waiting.clear();
    fresh.flush();
  }

  // ---- towards the host

  @Override
  public void headers(HeaderMap headers, boolean end) {
    HttpRequest request =
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.valueOf(headers.text(":method")),
            headers.text(":path"));
    headers.forEach(
        (name, value) -> {
          if (!name.startsWith(":")) {
            request.headers().add(name, value);
          }
        });
    request.headers().set(HttpHeaderNames.HOST, headers.text(":authority"));
    request.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
    if (!end && !request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
      HttpUtil.setTransferEncodingChunked(request, true);
    }
    write(request);
    if (end) {
      last(new HeaderMap());
    }
  }

  @Override
  public void data(ByteString data, boolean end) {
    if (!data.isEmpty()) {
      write(new DefaultHttpContent(Unpooled.wrappedBuffer(data.asReadOnlyByteBuffer())));
    }
    if (end) {
      last(new HeaderMap());
    }
  }

  @Override
  public void trailers(HeaderMap trailers) {
    last(trailers);
  }

  private void last(HeaderMap trailers) {
    LastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
    trailers.forEach((name, value) -> last.trailingHeaders().add(name, value));
    requestDone = true;
    write(last);
    releaseIfDone();
  }

  private void write(HttpObject message) {
    if (over) {
      ReferenceCountUtil.release(message);
    } else if (channel == null) {
      waiting.add(message);
    } else {
      channel.writeAndFlush(message);
    }
  }

  // ---- from the host

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (over) {
        return;
      }
      if (message instanceof HttpResponse response) {
        begun(response);
      }
      if (message instanceof HttpContent content && !over) {
        content(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begun(HttpResponse response) {
    if (response.decoderResult().isFailure()) {
      fail(true, "protocol error");
      return;
    }
    if (response.status().code() < 200) {
      return;
    }
    keepAlive = HttpUtil.isKeepAlive(response);
    responseBegun = true;
    HeaderMap headers = new HeaderMap();
    headers.add(":status", Integer.toString(response.status().code()));
    for (var header : response.headers()) {
      boolean ofConnection =
          header.getKey().equalsIgnoreCase("connection")
              || header.getKey().equalsIgnoreCase("keep-alive")
              || header.getKey().equalsIgnoreCase("transfer-encoding");
      if (!ofConnection) {
        headers.add(header.getKey(), header.getValue());
      }
    }
    boolean bodyless =
        response.status().code() == 204
            || response.status().code() == 304
            || HttpUtil.getContentLength(response, -1L) == 0;
    events.headers(headers, bodyless);
    responseDone = bodyless;
  }

  private void content(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      fail(true, "protocol error");
      return;
    }
    boolean last = content instanceof LastHttpContent;
    if (!responseBegun) {
      return;
    }
    if (responseDone) {
      if (last) {
        releaseIfDone();
      }
      return;
    }
    HeaderMap trailers = new HeaderMap();
    if (content instanceof LastHttpContent end) {
      end.trailingHeaders().forEach(entry -> trailers.add(entry.getKey(), entry.getValue()));
    }
    responseDone = last;
    deliver(content.content(), last && trailers.size() == 0, last);
    if (last && trailers.size() > 0 && !over) {
      events.trailers(trailers);
    }
    if (last) {
      releaseIfDone();
    }
  }

  private void deliver(ByteBuf content, boolean end, boolean last) {
    while (content.readableBytes() > maxRead && !over) {
      events.data(bytes(content, maxRead), false);
    }
    if ((content.isReadable() || end || !last) && !over) {
      events.data(bytes(content, content.readableBytes()), end);
    }
  }

  private static ByteString bytes(ByteBuf content, int length) {
    byte[] copy = new byte[length];
    content.readBytes(copy);
    return ByteString.copyFrom(copy);
  }

  private void releaseIfDone() {
    Channel done = channel;
    if (requestDone && responseDone && !over && done != null) {
      over = true;
      done.pipeline().remove(this);
      if (keepAlive) {
        pool.release(host, done);
      } else {
        done.close();
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(true, "connection termination");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(true, String.valueOf(cause.getMessage()));
  }

  private void fail(boolean connected, String reason) {
    if (!over) {
      cancel();
      events.broken(connected, reason);
    }
  }
}
