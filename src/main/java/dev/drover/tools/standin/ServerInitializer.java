package dev.drover.tools.standin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;

/**
 * A client's connection: HTTP/1.1, or HTTP/2 in clear text by prior knowledge; no upgrade, as
 * Envoy.
 */
final class ServerInitializer extends ChannelInitializer<SocketChannel> {
  private final StandIn standIn;

  ServerInitializer(StandIn standIn) {
    this.standIn = standIn;
  }

  @Override
  protected void initChannel(SocketChannel channel) {
    standIn.accepted(channel);
    channel
        .pipeline()
        .addLast(new ProtocolDetector(() -> new DownstreamHandler(standIn, false), new Streams()));
  }

  private final class Streams extends ChannelInitializer<Channel> {
    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    protected void initChannel(Channel stream) {
      stream
          .pipeline()
          .addLast(new Http2StreamFrameToHttpObjectCodec(true))
          .addLast(new DownstreamHandler(standIn, true));
    }
  }
}
