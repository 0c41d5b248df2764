package dev.drover.tools.standin;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Idle HTTP/1.1 connections of one event loop, by host. Confined to that loop. */
final class UpstreamPool {
  private static final int READ = 16_384;
  private static final int CONNECT_MILLIS = 5_000;

  private final EventLoop loop;
  private final ChannelGroup connections;
  private final Map<Upstream.Host, Deque<Channel>> idle = new HashMap<>();

  /**
   * @param connections take in every connection it makes
   */
  UpstreamPool(EventLoop loop, ChannelGroup connections) {
    this.loop = loop;
    this.connections = connections;
  }

  /** Gives a connection, an idle one if there is one, to one of the two. */
  void acquire(Upstream.Host host, Consumer<Channel> ready, Consumer<String> failed) {
    Channel known = takeIdle(host);
    if (known != null) {
      known.config().setAutoRead(true);
      loop.execute(() -> ready.accept(known));
      return;
    }
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ))
        .handler(new Initializer(host))
        .connect(host.at().host(), host.at().port())
        .addListener(
            (ChannelFuture future) -> {
              if (future.isSuccess()) {
                ready.accept(future.channel());
              } else {
                failed.accept(String.valueOf(future.cause().getMessage()));
              }
            });
  }

  void release(Upstream.Host host, Channel channel) {
    if (channel.isActive()) {
      idle.computeIfAbsent(host, _ -> new ArrayDeque<>()).push(channel);
    }
  }

  private @Nullable Channel takeIdle(Upstream.Host host) {
    Deque<Channel> channels = idle.getOrDefault(host, new ArrayDeque<>());
    while (!channels.isEmpty()) {
      Channel channel = channels.pop();
      if (channel.isActive()) {
        return channel;
      }
    }
    return null;
  }

  private final class Initializer extends ChannelInitializer<SocketChannel> {
    private final Upstream.Host host;

    Initializer(Upstream.Host host) {
      this.host = host;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      connections.add(channel);
      SslContext tls = host.tls();
      if (tls != null) {
        SslHandler handler = tls.newHandler(channel.alloc(), host.sni(), host.at().port());
        channel.pipeline().addLast(handler);
      }
      channel.pipeline().addLast(new HttpClientCodec(8192, 65_536, READ));
    }
  }
}
