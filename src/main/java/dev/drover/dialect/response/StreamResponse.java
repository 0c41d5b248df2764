package dev.drover.dialect.response;

import dev.drover.dialect.Fault;
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
  private static final byte[] OBJECT = {'{'};
  private static final String ERROR = "error";
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

  private final SseDecoder decoder = new SseDecoder(MAX_EVENT_BYTES, this);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ResponseScan scan;
  private final boolean dropUsage;
  private long outputBytes;
  private @Nullable String finishReason;
  private int ends;
  private boolean damaged;
  private boolean error;
  private boolean found;
  private boolean unseen;
  private long unstatedBytes;
  private @Nullable LongJson tooLong;
  private boolean done;

  /**
   * @param output finds the output in the events of the response's API
   * @param dropUsage whether to leave the event out that carries usage and no output
   */
  StreamResponse(OutputScan output, boolean dropUsage) {
    this.scan = new ResponseScan(output, true);
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
    endLong();
    Bytes json = data.isEmpty() && raw.startsWith(OBJECT, 0) ? raw : data; // a line of bare JSON
    if (json.isEmpty() || json.startsWith(DONE, 0)) {
      done |= !json.isEmpty();
      pass(raw);
      return;
    }
    damaged |= !scan.read(json);
    error |= scan.isError() || SseDecoder.isNamed(raw, ERROR);
    found |= scan.hasOutput();
    done |= scan.isLast();
    outputBytes += scan.outputBytes();
    unstatedBytes = scan.hasUsage() ? 0 : unstatedBytes + scan.outputBytes();
    finishReason = scan.finishReason() == null ? finishReason : scan.finishReason();
    ends += scan.ends();
    if (!scan.hasUsage() || scan.hasOutput()) {
      pass(raw);
    }
  }

  @Override
  public void oversized(Bytes raw) {
    if (tooLong == null) {
      tooLong = new LongJson(true);
    }
    tooLong.add(raw);
    pass(raw);
  }

  private void endLong() {
    if (tooLong != null) {
      scan.add(tooLong.usage());
      found = true;
      unseen = true;
      tooLong = null;
    }
  }

  private void pass(Bytes raw) {
    if (dropUsage) {
      out.write(raw.array(), raw.offset(), raw.length());
    }
  }

  @Override
  public ResponseFacts facts(boolean complete) {
    endLong();
    Usage usage = scan.usage();
    return new ResponseFacts(
        usage,
        usage == null ? 0 : unstatedBytes,
        unseen ? -1 : outputBytes,
        finishReason,
        damaged ? 0 : ends,
        fault(usage));
  }

  private @Nullable Fault fault(@Nullable Usage usage) {
    boolean good = finishReason != null && usage != null; // whatever else some provider puts in
    if (error) {
      return Fault.ERROR_IN_BODY;
    }
    if (damaged && !good) {
      return Fault.MALFORMED_RESPONSE;
    }
    if (!found) {
      return Fault.EMPTY_RESPONSE;
    }
    return done || finishReason != null ? null : Fault.UNFINISHED_RESPONSE;
  }

  @Override
  public boolean ended() {
    return done;
  }

  @Override
  public void close() {}
}
