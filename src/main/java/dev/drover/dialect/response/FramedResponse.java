package dev.drover.dialect.response;

import dev.drover.dialect.EventFramer;
import dev.drover.dialect.Fault;
import dev.drover.dialect.ResponseFacts;
import dev.drover.dialect.ResponseReader;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a response that is a stream of binary frames; passes its bytes through. */
public final class FramedResponse implements ResponseReader, EventFramer.Sink {
  private final EventFramer framer;
  private final ResponseScan scan;
  private long outputBytes;
  private long unstatedBytes;
  private @Nullable String finishReason;
  private int ends;
  private boolean found;
  private boolean error;
  private boolean damaged;
  private boolean done;

  /**
   * @param framer makes what cuts the bytes into events
   * @param output finds the output in the events of the response's API
   */
  public FramedResponse(Function<EventFramer.Sink, EventFramer> framer, OutputScan output) {
    this.scan = new ResponseScan(output, true);
    this.framer = framer.apply(this);
  }

  @Override
  public @Nullable Bytes read(Bytes chunk, boolean last) {
    framer.feed(chunk);
    if (last) {
      framer.finish();
    }
    return null;
  }

  @Override
  public void event(Bytes data) {
    damaged |= !scan.read(data);
    error |= scan.isError();
    found |= scan.hasOutput();
    done |= scan.isLast();
    outputBytes += scan.outputBytes();
    unstatedBytes = scan.hasUsage() ? 0 : unstatedBytes + scan.outputBytes();
    finishReason = scan.finishReason() == null ? finishReason : scan.finishReason();
    ends += scan.ends();
  }

  @Override
  public void damaged() {
    damaged = true;
  }

  @Override
  public ResponseFacts facts(boolean complete) {
    Usage usage = scan.usage();
    return new ResponseFacts(
        usage, usage == null ? 0 : unstatedBytes, outputBytes, finishReason, ends, fault());
  }

  private @Nullable Fault fault() {
    if (error) {
      return Fault.ERROR_IN_BODY;
    }
    if (damaged) {
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
