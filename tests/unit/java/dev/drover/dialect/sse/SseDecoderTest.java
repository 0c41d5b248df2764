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
  void eventsOneLineFeedApart_areReadEach_asSoonAsTheNextBegins() {
    String first = "data: {\"a\":1}\n";
    Recorder recorder = new Recorder();
    SseDecoder decoder = new SseDecoder(1000, recorder);
    decoder.feed(Bytes.utf8(first));
    decoder.feed(Bytes.utf8("data: {\"b\":2}\n"));
    assertThat(recorder.data).containsExactly("{\"a\":1}");
    decoder.feed(Bytes.utf8("data: [DONE]\n"));
    decoder.finish();
    assertThat(recorder.data).containsExactly("{\"a\":1}", "{\"b\":2}", "[DONE]");
    assertThat(recorder.raw.toString()).isEqualTo(first + "data: {\"b\":2}\ndata: [DONE]\n");
  }

  @Test
  void objectOverSeveralLines_isOneEvent() {
    assertThat(decode(1000, "data: {\ndata: \"a\": {\"b\": 1}\ndata: }\n\n").data)
        .containsExactly("{\n\"a\": {\"b\": 1}\n}");
  }

  @Test
  void delimiterCutWithinItsCrLf_isNoPartOfTheNextEvent() {
    List<String> raws = new ArrayList<>();
    SseDecoder decoder =
        new SseDecoder(
            1000,
            new SseDecoder.Sink() {
              @Override
              public void event(Bytes raw, Bytes data) {
                raws.add(raw.text());
              }

              @Override
              public void oversized(Bytes raw) {}
            });
    decoder.feed(Bytes.utf8("data: a\r\n\r"));
    decoder.feed(Bytes.utf8("\ndata: b\r\n\r\n"));
    assertThat(raws).containsExactly("data: a\r\n\r", "\n", "data: b\r\n\r\n");
  }

  @Test
  void name_isFoundInAnyLine() {
    assertThat(SseDecoder.isNamed(Bytes.utf8("id: 1\r\nevent: error\r\ndata: x\r\n\r\n"), "error"))
        .isTrue();
    assertThat(SseDecoder.isNamed(Bytes.utf8("data: event: error\n\n"), "error")).isFalse();
    assertThat(SseDecoder.isNamed(Bytes.utf8("event: errors\n\n"), "error")).isFalse();
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
