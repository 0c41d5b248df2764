package dev.drover.coordination.redis;

import io.lettuce.core.protocol.CommandHandler;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.util.ReferenceCountUtil;

/**
 * Closes a connection to a Redis that announces more than any reply to Drover has. Lettuce makes
 * room for what is announced, before it comes. Reads the lengths of RESP2 and RESP3, and passes all
 * bytes on. Confined to the connection's event loop.
 */
final class ReplyGuard extends ChannelInboundHandlerAdapter {
  /** A stored response is the largest bulk: {@code cache.max_answer} is 64 MiB at most. */
  private static final long MOST_BYTES = 80L << 20;

  /** The parts of a budget are the most elements: one for each slot and Drover. */
  private static final long MOST_ELEMENTS = 1_000_000;

  private static final int LONGEST_LINE = 1 << 16;

  /** The bytes of a bulk, and of the line end behind it, that are still to come. */
  private long skip;

  /** The type of the line that is being read; 0 between lines. */
  private int type;

  private long length;
  private int lineBytes;

  /** Puts a guard before Lettuce's decoder, behind what decrypts. */
  static NettyCustomizer customizer() {
    return new NettyCustomizer() {
      @Override
      public void afterChannelInitialized(Channel channel) {
        String decoder = channel.pipeline().context(CommandHandler.class).name();
        channel.pipeline().addBefore(decoder, "drover-guard", new ReplyGuard());
      }
    };
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes && !fits(bytes)) {
      ReferenceCountUtil.release(message);
      ctx.fireExceptionCaught(
          new TooLongFrameException(
              "redis: announces a reply of %d (expected: at most %d bytes or %d elements)"
                  .formatted(length, MOST_BYTES, MOST_ELEMENTS)));
      ctx.close();
      return;
    }
    ctx.fireChannelRead(message);
  }

  private boolean fits(ByteBuf bytes) {
    int at = bytes.readerIndex();
    while (at < bytes.writerIndex()) {
      if (skip > 0) {
        int skipped = (int) Math.min(skip, bytes.writerIndex() - at);
        skip -= skipped;
        at += skipped;
      } else if (!take(bytes.getByte(at++))) {
        return false;
      }
    }
    return true;
  }

  /** Takes the next byte of a line: its type, a digit of a length, or the line's end. */
  private boolean take(byte next) {
    if (type == 0) {
      type = next;
      length = 0;
      lineBytes = 0;
      return true;
    }
    lineBytes++;
    if (next == '\n') {
      return endOfLine();
    }
    if (isSized() && next >= '0' && next <= '9') {
      length = Math.min(Long.MAX_VALUE / 20, length * 10 + next - '0');
    } else if (isSized() && next == '-') {
      length = 0; // no value; the digits that follow are those of 1
      type = '_';
    }
    return lineBytes < LONGEST_LINE;
  }

  private boolean endOfLine() {
    boolean bulk = type == '$' || type == '=' || type == '!';
    boolean sized = isSized();
    type = 0;
    if (!sized) {
      return true;
    }
    skip = bulk ? length + 2 : 0;
    return length <= (bulk ? MOST_BYTES : MOST_ELEMENTS);
  }

  private boolean isSized() {
    return switch (type) {
      case '$', '=', '!', '*', '%', '~', '>', '|' -> true;
      default -> false;
    };
  }
}
