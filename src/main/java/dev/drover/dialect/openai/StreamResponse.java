package dev.drover.dialect.openai;

import dev.drover.dialect.ResponseFacts;
import dev.drover.dialect.ResponseReader;
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
final class StreamResponse implements ResponseReader, SseDecoder.Sink {
  private static final int MAX_EVENT_BYTES = 1 << 20;
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

  private final SseDecoder decoder = new SseDecoder(MAX_EVENT_BYTES, this);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ResponseScan scan = new ResponseScan(true);
  private final boolean dropUsage;
  private long outputBytes;
  private @Nullable String finishReason;
  private int ends;
  private boolean damaged;
  private boolean error;
  private boolean done;

  /**
   * @param dropUsage whether to leave the event out that carries usage and no choices
   */
  StreamResponse(boolean dropUsage) {
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
      done |= !data.isEmpty();
      pass(raw);
      return;
    }
    damaged |= !scan.read(data);
    error |= scan.isError();
    outputBytes += scan.outputBytes();
    finishReason = scan.finishReason() == null ? finishReason : scan.finishReason();
    ends += scan.ends();
    if (!scan.hasUsage() || scan.hasChoices()) {
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
  public ResponseFacts facts(boolean complete) {
    Usage usage = scan.usage();
    boolean good = finishReason != null && usage != null; // whatever else some provider puts in
    return new ResponseFacts(
        usage, outputBytes, finishReason, damaged ? 0 : ends, !error && (good || !damaged));
  }

  @Override
  public boolean ended() {
    return done;
  }

  @Override
  public void close() {}
}
