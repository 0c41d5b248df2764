package dev.drover.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testing.Cases;
import dev.drover.types.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8Test {
  @Test
  void firstInvalid_agreesWithTheJdk() {
    Cases.each(
        random -> {
          byte[] bytes = Cases.text(random, 30).getBytes(StandardCharsets.UTF_8);
          if (bytes.length > 0 && random.nextBoolean()) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
          }
          assertThat(Utf8.firstInvalid(Bytes.of(bytes)) < 0).isEqualTo(validForTheJdk(bytes));
        });
  }

  private static boolean validForTheJdk(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
