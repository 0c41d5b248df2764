package dev.drover.dialect.sse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.types.Bytes;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineEndsTest {
  private static final byte[] NEAR = {'\n', '\r', 0x09, 0x0B, 0x0C, 0x0E, (byte) 0x8A, (byte) 0x8D};

  @Test
  void next_isWhatALookAtEachByteFinds_whateverSurroundsIt() {
    Random random = new Random(1);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] =
            random.nextInt(4) == 0
                ? NEAR[random.nextInt(NEAR.length)]
                : (byte) (0x20 + random.nextInt(0xE0));
      }
      int offset = random.nextInt(bytes.length + 1);
      Bytes text = new Bytes(bytes, offset, random.nextInt(bytes.length - offset + 1));
      int from = random.nextInt(text.length() + 1);
      int expected = from;
      while (expected < text.length() && text.at(expected) != '\n' && text.at(expected) != '\r') {
        expected++;
      }
      assertThat(LineEnds.next(text, from)).isEqualTo(expected);
    }
  }
}
