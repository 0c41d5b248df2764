package dev.drover.standin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http2.CleartextHttp2ServerUpgradeHandler;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.AsciiString;

/** A client's connection: HTTP/1.1, or HTTP/2 in clear text by prior knowledge or upgrade. */
final class ServerInitializer extends ChannelInitializer<SocketChannel> {
  private static final int READ = 16_384;

  private final StandIn standIn;

  ServerInitializer(StandIn standIn) {
    this.standIn = standIn;
  }

  @Override
  protected void initChannel(SocketChannel channel) {
    HttpServerCodec http1 = new HttpServerCodec(8192, 65_536, READ);
    HttpServerUpgradeHandler.UpgradeCodecFactory upgrades =
        protocol ->
            AsciiString.contentEquals(Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME, protocol)
                ? new Http2ServerUpgradeCodec(
                    Http2FrameCodecBuilder.forServer().build(), multiplexer())
                : null;
    ChannelHandler priorKnowledge =
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel http2) {
            http2.pipeline().addLast(Http2FrameCodecBuilder.forServer().build(), multiplexer());
          }
        };
    channel
        .pipeline()
        .addLast(
            new CleartextHttp2ServerUpgradeHandler(
                http1, new HttpServerUpgradeHandler(http1, upgrades), priorKnowledge))
        .addLast(new HttpServerExpectContinueHandler())
        .addLast(new DownstreamHandler(standIn, false));
  }

  private Http2MultiplexHandler multiplexer() {
    return new Http2MultiplexHandler(
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel stream) {
            stream
                .pipeline()
                .addLast(new Http2StreamFrameToHttpObjectCodec(true))
                .addLast(new DownstreamHandler(standIn, true));
          }
        });
  }
}
