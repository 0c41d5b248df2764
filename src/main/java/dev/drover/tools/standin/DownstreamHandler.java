package dev.drover.tools.standin;

import com.google.protobuf.ByteString;
import dev.drover.types.HostPort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/1.1 connection, or one of its HTTP/2 streams. Requests that are pipelined wait
 * for their turn.
 */
final class DownstreamHandler extends ChannelInboundHandlerAdapter implements Downstream {
  private static final int MAX_WAITING = 1000;

  private final StandIn standIn;
  private final boolean http2;
  private final Deque<HttpObject> waiting = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext context;
  private @Nullable HttpStream stream;
  private boolean requestDone;
  private boolean keepAlive = true;
  private boolean head;

  DownstreamHandler(StandIn standIn, boolean http2) {
    this.standIn = standIn;
    this.http2 = http2;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  // ---- from the client

  @Override
  public void channelRead(ChannelHandlerContext ignored, Object message) {
    if (!(message instanceof HttpObject object)) {
      ReferenceCountUtil.release(message);
      return;
    }
    boolean nextRequest = stream != null && requestDone;
    if (nextRequest && waiting.size() < MAX_WAITING) {
      waiting.add(object);
    } else {
      take(object);
    }
  }

  private void take(HttpObject object) {
    try {
      if (object.decoderResult().isFailure()) {
        close();
        return;
      }
      if (object instanceof HttpRequest request) {
        begin(request);
      }
      if (object instanceof HttpContent content && stream != null && !requestDone) {
        content(content, stream);
      }
    } finally {
      ReferenceCountUtil.release(object);
    }
  }

  private void begin(HttpRequest request) {
    ChannelHandlerContext here = context;
    if (here == null) {
      return;
    }
    keepAlive = http2 || HttpUtil.isKeepAlive(request);
    head = request.method().name().equals("HEAD");
    HeaderMap headers = new HeaderMap();
    headers.add(":method", request.method().name());
    headers.add(":path", request.uri());
    headers.add(":scheme", "http");
    headers.add(":authority", request.headers().get(HttpHeaderNames.HOST, ""));
    for (var header : request.headers()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      boolean ofConnection =
          name.equals("host")
              || name.equals("connection")
              || name.equals("keep-alive")
              || name.equals("transfer-encoding")
              || (name.equals("upgrade") && !header.getValue().equals("websocket"))
              || name.startsWith("x-http2-");
      if (!ofConnection) {
        headers.add(name, header.getValue());
      }
    }
    String source = source(here);
    HttpStream fresh = new HttpStream(standIn, this, here.channel().eventLoop(), source);
    stream = fresh;
    boolean bodyless =
        !HttpUtil.isTransferEncodingChunked(request) && HttpUtil.getContentLength(request, 0L) == 0;
    requestDone = bodyless && (!http2 || request instanceof LastHttpContent);
    fresh.headers(headers, requestDone);
  }

  private @Nullable String source(ChannelHandlerContext here) {
    Channel channel = here.channel(); // of HTTP/2 it is one stream of a connection
    Channel connection = http2 && channel.parent() != null ? channel.parent() : channel;
    return connection.remoteAddress() instanceof InetSocketAddress at
        ? HostPort.text(at.getAddress().getHostAddress(), at.getPort())
        : null;
  }

  private void content(HttpContent content, HttpStream to) {
    HeaderMap trailers = new HeaderMap();
    boolean last = content instanceof LastHttpContent;
    if (content instanceof LastHttpContent end) {
      end.trailingHeaders().forEach(entry -> trailers.add(entry.getKey(), entry.getValue()));
    }
    requestDone = last;
    boolean end = last && trailers.size() == 0;
    ByteBuf bytes = content.content();
    int most = standIn.knobs().maxReadBytes();
    while (bytes.readableBytes() > most) {
      to.data(copy(bytes, most), false);
    }
    if (bytes.isReadable() || end) {
      to.data(copy(bytes, bytes.readableBytes()), end);
    }
    if (last && !end) {
      to.trailers(trailers);
    }
  }

  private static ByteString copy(ByteBuf bytes, int length) {
    byte[] copy = new byte[length];
    bytes.readBytes(copy);
    return ByteString.copyFrom(copy);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ignored) {
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
    if (stream != null) {
      stream.disconnected();
      stream = null;
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext here) {
    if (stream != null) {
      stream.writable(here.channel().isWritable());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext here, Throwable cause) {
    here.close();
  }

  // ---- to the client

  @Override
  public void headers(HeaderMap headers, boolean end) {
    HttpResponse response =
        new DefaultHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf((int) headers.number(":status", 500)));
    headers.forEach(
        (name, value) -> {
          if (!name.startsWith(":")) {
            response.headers().add(name, value);
          }
        });
    boolean bodyless = response.status().code() == 204 || response.status().code() == 304 || head;
    if (end && !bodyless) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
    } else if (!end && !response.headers().contains(HttpHeaderNames.CONTENT_LENGTH) && !http2) {
      HttpUtil.setTransferEncodingChunked(response, true);
    }
    if (!http2) {
      HttpUtil.setKeepAlive(response, keepAlive && requestDone);
    }
    write(response);
    if (end) {
      last(new HeaderMap());
    }
  }

  @Override
  public void data(ByteString data, boolean end) {
    if (!data.isEmpty() && !head) {
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
    boolean stay = keepAlive && requestDone;
    stream = null;
    ChannelHandlerContext here = context;
    if (here == null) {
      return;
    }
    if (http2 || stay) {
      here.writeAndFlush(last);
      here.executor().execute(this::next);
    } else {
      here.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void next() {
    while (!waiting.isEmpty() && !(stream != null && requestDone)) {
      take(waiting.remove());
    }
  }

  private void write(HttpObject message) {
    if (context == null) {
      ReferenceCountUtil.release(message);
    } else {
      context.writeAndFlush(message);
    }
  }

  @Override
  public void reset() {
    stream = null;
    close();
  }

  private void close() {
    if (context != null) {
      context.close();
    }
  }

  @Override
  public void reading(boolean on) {
    if (context != null) {
      context.channel().config().setAutoRead(on);
    }
  }
}
