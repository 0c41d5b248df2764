package dev.drover.dialect.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.types.Bytes;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTest {
  private static Bytes base64(byte[] data) {
    return Bytes.utf8(Base64.getEncoder().encodeToString(data));
  }

  private static byte[] image(String format, int width, int height) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(
            ImageIO.write(
                new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), format, out))
        .isTrue();
    return out.toByteArray();
  }

  /** The tokens that OpenAI's page states for these sizes, and those of the formula. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 255",
    "512, 512, 255",
    "1024, 1024, 765",
    "2048, 4096, 1105",
    "4096, 300, 765",
    "1920, 1080, 1105"
  })
  void image_costsWhatItsPixelsSay_inEachFormat(int width, int height, long tokens)
      throws Exception {
    for (String format : new String[] {"png", "jpg", "gif"}) {
      assertThat(Media.IMAGE.tokens(base64(image(format, width, height))))
          .as(format)
          .isEqualTo(tokens);
    }
  }

  @Test
  void jpegWithCameraDataBeforeItsFrame_isRead() throws Exception {
    byte[] jpeg = image("jpg", 1024, 1024);
    ByteBuffer out = ByteBuffer.allocate(jpeg.length + 65_000);
    out.put(jpeg, 0, 2).putShort((short) 0xFFE1).putShort((short) 64_998).position(2 + 65_000);
    out.put(jpeg, 2, jpeg.length - 2);
    assertThat(Media.IMAGE.tokens(base64(out.array()))).isEqualTo(765);
  }

  @ParameterizedTest
  @CsvSource({"VP8X, 1024, 1024, 765", "VP8L, 1024, 1024, 765", "'VP8 ', 1024, 1024, 765"})
  void webp_isRead(String kind, int width, int height, long tokens) {
    ByteBuffer out = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    out.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(56);
    out.put("WEBP".getBytes(StandardCharsets.US_ASCII));
    out.put(kind.getBytes(StandardCharsets.US_ASCII)).putInt(44);
    switch (kind) {
      case "VP8X" ->
          out.putInt(0)
              .put(new byte[] {(byte) (width - 1), (byte) ((width - 1) >> 8), 0})
              .put(new byte[] {(byte) (height - 1), (byte) ((height - 1) >> 8), 0});
      case "VP8L" -> out.put((byte) 0x2F).putInt((width - 1) | (height - 1) << 14);
      default -> out.put(new byte[6]).putShort((short) width).putShort((short) height);
    }
    assertThat(Media.IMAGE.tokens(base64(out.array()))).isEqualTo(tokens);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 100, 100_000, 3_000_000})
  void dataThatIsNoImage_isBounded(int length) {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);
    assertThat(Media.IMAGE.tokens(base64(noise))).isBetween(85L, 1_445L);
    assertThat(Media.AUDIO.tokens(base64(noise))).isBetween(20L, 216_000L);
    assertThat(Media.FILE.tokens(base64(noise))).isBetween(1_500L, 150_000L);
  }

  @Test
  void sound_costsItsSeconds() {
    ByteBuffer wav = ByteBuffer.allocate(44 + 30 * 48_000).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 30 * 48_000);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 1).putShort((short) 1).putInt(24_000).putInt(48_000);
    assertThat(Media.AUDIO.tokens(base64(wav.array()))).isEqualTo(600);
    assertThat(Media.AUDIO.tokens(base64(new byte[30 * 8_000]))).isEqualTo(600);
  }
}
