package dev.drover.coordination.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.TooLongFrameException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyGuardTest {
  private static void write(EmbeddedChannel channel, String text, int chunk) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int at = 0; at < bytes.length; at += chunk) {
      channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(chunk, bytes.length - at)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*1000000000\r\n",
        "$1000000000\r\n",
        "*2\r\n$2\r\nin\r\n*99999999999999999999\r\n",
        "+OK\r\n%2000000\r\n",
        "*1\r\n=99999999999\r\n",
        ">3000000\r\n",
        "$5\r\n*9999\r\n$999999999999\r\n"
      })
  void replyThatIsAnnouncedTooLarge_closesTheConnection_howeverItIsCut(String reply) {
    for (int chunk : new int[] {1, 3, 100}) {
      EmbeddedChannel channel = new EmbeddedChannel(new ReplyGuard());
      assertThatThrownBy(() -> write(channel, reply, chunk))
          .isInstanceOf(TooLongFrameException.class)
          .hasMessageContaining("expected");
      assertThat(channel.isOpen()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+OK\r\n-ERR no\r\n:1000000000\r\n",
        "$-1\r\n*-1\r\n_\r\n#t\r\n,1.5\r\n",
        "*3\r\n$2\r\nin\r\n$13\r\n*9999999999\r\n\r\n:5\r\n",
        "$12\r\n$99999999999\r\n*2\r\n$0\r\n\r\n$1\r\nx\r\n",
        "%1\r\n+a\r\n:1\r\n"
      })
  void otherReplies_passAsTheyAre_howeverTheyAreCut(String replies) {
    for (int chunk : new int[] {1, 2, 5, 1000}) {
      EmbeddedChannel channel = new EmbeddedChannel(new ReplyGuard());
      write(channel, replies, chunk);
      StringBuilder passed = new StringBuilder();
      for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
        passed.append(part.toString(StandardCharsets.ISO_8859_1));
        part.release();
      }
      assertThat(passed).hasToString(replies);
      assertThat(channel.isOpen()).isTrue();
    }
  }
}
