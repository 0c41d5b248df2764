package dev.drover.dialect.sse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testing.Cases;
import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SseDecoderTest {
  private static final class Recorder implements SseDecoder.Sink {
    final List<String> data = new ArrayList<>();
    final StringBuilder raw = new StringBuilder();

    @Override
    public void event(Bytes rawBytes, Bytes dataBytes) {
      raw.append(rawBytes.text());
      if (!dataBytes.isEmpty()) {
        data.add(dataBytes.text());
      }
    }

    @Override
    public void oversized(Bytes rawBytes) {
      raw.append(rawBytes.text());
    }
  }

  private static Recorder decode(int limit, String... chunks) {
    Recorder recorder = new Recorder();
    SseDecoder decoder = new SseDecoder(limit, recorder);
    for (String chunk : chunks) {
      decoder.feed(Bytes.utf8(chunk));
    }
    decoder.finish();
    return recorder;
  }

  @Test
  void lineEnds_mayBeLfCrOrCrLf() {
    assertThat(decode(1000, "data: a\n\ndata:b\r\rdata: c\r\n\r\n").data)
        .containsExactly("a", "b", "c");
  }

  @Test
  void dataLines_areJoined_andOtherFieldsPassedOver() {
    assertThat(
            decode(
                    1000,
                    ": comment\nevent: x\ndata: a\nid: 1\ndata: b\ndata\n\n: only a comment\n\n")
                .data)
        .containsExactly("a\nb\n");
  }

  @Test
  void byteOrderMark_isNoPartOfTheFirstField() {
    assertThat(decode(1000, "\uFEFFdata: a\n\n").data).containsExactly("a");
  }

  @Test
  void lastEvent_countsWithoutItsBlankLine() {
    assertThat(decode(1000, "data: a\n\ndata: b").data).containsExactly("a", "b");
  }

  @Test
  void oversizedEvent_passesUnread_andTheNextIsReadAgain() {
    String big = "data: " + "x".repeat(300) + "\n\n";
    Recorder recorder =
        decode(
            100, big.substring(0, 50), big.substring(50, 200), big.substring(200), "data: a\n\n");
    assertThat(recorder.raw.toString()).isEqualTo(big + "data: a\n\n");
    assertThat(recorder.data).containsExactly("a");
  }

  @Test
  void anySplit_yieldsTheSameEvents_andEveryByteOnce() {
    Cases.each(
        random -> {
          String stream = stream(random);
          Recorder whole = decode(10_000, stream);
          Recorder split = new Recorder();
          SseDecoder decoder = new SseDecoder(10_000, split);
          byte[] bytes = Bytes.utf8(stream).array();
          int at = 0;
          java.io.ByteArrayOutputStream raw = new java.io.ByteArrayOutputStream();
          while (at < bytes.length) {
            int to = Math.min(bytes.length, at + 1 + random.nextInt(7));
            decoder.feed(Bytes.of(bytes).slice(at, to));
            raw.write(bytes, at, to - at);
            at = to;
          }
          decoder.finish();
          assertThat(split.data).isEqualTo(whole.data);
          assertThat(whole.raw.toString()).isEqualTo(stream);
        });
  }

  private static String stream(RandomGenerator random) {
    String[] ends = {"\n", "\r", "\r\n"};
    StringBuilder out = new StringBuilder();
    for (int event = random.nextInt(6); event > 0; event--) {
      String end = ends[random.nextInt(ends.length)];
      for (int line = 1 + random.nextInt(3); line > 0; line--) {
        String text = Cases.text(random, 10).replaceAll("[\\r\\n]", "");
        out.append(random.nextInt(5) == 0 ? ":" : "data:").append(text).append(end);
      }
      out.append(end);
    }
    return out.toString();
  }
}
