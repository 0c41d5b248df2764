package dev.drover.dialect.openai;

import dev.drover.dialect.AnswerFacts;
import dev.drover.dialect.AnswerReader;
import dev.drover.dialect.sse.SseDecoder;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer that is an event stream. When the usage event is to be dropped, the stream is
 * handed on event by event: a partial event is held back until the chunk that completes it.
 */
final class StreamAnswer implements AnswerReader, SseDecoder.Sink {
  private static final int MAX_EVENT_BYTES = 1 << 20;
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

  private final SseDecoder decoder = new SseDecoder(MAX_EVENT_BYTES, this);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final AnswerScan scan = new AnswerScan(true);
  private final boolean dropUsage;
  private @Nullable Usage usage;
  private long outputBytes;
  private @Nullable String finishReason;
  private boolean readable = true;

  /**
   * @param dropUsage whether to leave the event out that carries usage and no choices
   */
  StreamAnswer(boolean dropUsage) {
    this.dropUsage = dropUsage;
  }

  @Override
  public @Nullable Bytes read(Bytes chunk, boolean last) {
    decoder.feed(chunk);
    if (last) {
      decoder.finish();
    }
    if (!dropUsage) {
      return null;
    }
    Bytes passed = Bytes.of(out.toByteArray());
    out.reset();
    return passed;
  }

  @Override
  public void event(Bytes raw, Bytes data) {
    if (data.isEmpty() || data.startsWith(DONE, 0)) {
      pass(raw);
      return;
    }
    readable &= scan.read(data) && !scan.isError();
    outputBytes += scan.outputBytes();
    usage = scan.usage() == null ? usage : scan.usage();
    finishReason = scan.finishReason() == null ? finishReason : scan.finishReason();
    if (scan.usage() == null || scan.hasChoices()) {
      pass(raw);
    }
  }

  @Override
  public void oversized(Bytes raw) {
    outputBytes += raw.length();
    pass(raw);
  }

  private void pass(Bytes raw) {
    if (dropUsage) {
      out.write(raw.array(), raw.offset(), raw.length());
    }
  }

  @Override
  public AnswerFacts facts(boolean complete) {
    return new AnswerFacts(usage, outputBytes, finishReason, readable);
  }

  @Override
  public void close() {}
}
