package dev.drover.tools.standin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/** Tells HTTP/2 from HTTP/1.1 by the first bytes of a connection (RFC 9113, 3.4). */
final class ProtocolDetector extends ByteToMessageDecoder {
  private static final byte[] PREFACE = "PRI * HTTP/2.0".getBytes(StandardCharsets.US_ASCII);
  private static final int READ = 16_384;

  private final Supplier<ChannelHandler> http1;
  private final ChannelHandler http2Streams;

  ProtocolDetector(Supplier<ChannelHandler> http1, ChannelHandler http2Streams) {
    this.http1 = http1;
    this.http2Streams = http2Streams;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int seen = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < seen; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
        context
            .pipeline()
            .addLast(
                new HttpServerCodec(8192, 65_536, READ),
                new HttpServerExpectContinueHandler(),
                http1.get());
        context.pipeline().remove(this);
        return;
      }
    }
    if (seen == PREFACE.length) {
      context
          .pipeline()
          .addLast(
              Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(http2Streams));
      context.pipeline().remove(this);
    }
  }
}
