package dev.drover.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GunzipStreamTest {
  private static byte[] members(String... texts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String text : texts) {
      GZIPOutputStream member = new GZIPOutputStream(all);
      member.write(text.getBytes(StandardCharsets.UTF_8));
      member.finish();
    }
    return all.toByteArray();
  }

  private static String decoded(GunzipStream gunzip, byte[] in, int chunk) {
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < in.length; at += chunk) {
      Bytes all = Bytes.of(in);
      gunzip.feed(
          all.slice(at, Math.min(at + chunk, in.length)), piece -> out.append(piece.text()));
    }
    return out.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 25, 1000})
  void allMembers_areDecoded_howeverTheyAreCut(int chunk) throws IOException {
    try (GunzipStream gunzip = new GunzipStream(1000)) {
      assertThat(decoded(gunzip, members("one ", "", "two ", "three"), chunk))
          .isEqualTo("one two three");
      assertThat(gunzip.failed()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void whatPadsTheEnd_isIgnored_andTheLimitIsForAllMembers(int chunk) throws IOException {
    try (GunzipStream gunzip = new GunzipStream(5)) {
      byte[] padded = Arrays.copyOf(members("one"), 40);
      assertThat(decoded(gunzip, padded, chunk)).isEqualTo("one");
      assertThat(gunzip.failed()).isFalse();
    }
    try (GunzipStream gunzip = new GunzipStream(5)) {
      decoded(gunzip, members("one", "two"), chunk);
      assertThat(gunzip.failed()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void whatIsNoGzip_fails(int chunk) {
    try (GunzipStream gunzip = new GunzipStream(100)) {
      byte[] plain = "{\"usage\":{\"prompt_tokens\":5}}".getBytes(StandardCharsets.UTF_8);
      assertThat(decoded(gunzip, plain, chunk)).isEmpty();
      assertThat(gunzip.failed()).isTrue();
    }
  }

  /** A kilobyte that becomes a megabyte is no text: decoding stops, in small pieces before that. */
  @Test
  void bomb_isGivenUp_inPieces() throws IOException {
    byte[] bomb = members("0".repeat(100 << 20));
    long[] seen = {0};
    try (GunzipStream gunzip = new GunzipStream(256L << 20)) {
      gunzip.feed(
          Bytes.of(bomb),
          piece -> {
            assertThat(piece.length()).isLessThanOrEqualTo(GunzipStream.PIECE);
            seen[0] += piece.length();
          });
      assertThat(gunzip.failed()).isTrue();
      assertThat(seen[0]).isLessThan(1 << 20 | (long) bomb.length * 200);
    }
  }

  @Test
  void nameWithoutAnEnd_isGivenUp() {
    byte[] head = {0x1F, (byte) 0x8B, 8, 8, 0, 0, 0, 0, 0, 0};
    try (GunzipStream gunzip = new GunzipStream(1000)) {
      gunzip.feed(Bytes.of(head), _ -> {});
      for (int i = 0; i < 100 && !gunzip.failed(); i++) {
        gunzip.feed(Bytes.utf8("n".repeat(1000)), _ -> {});
      }
      assertThat(gunzip.failed()).isTrue();
    }
  }
}
