package dev.drover.dialect;

import dev.drover.dialect.sse.SseDecoder;
import dev.drover.types.Bytes;

/** Cuts a {@code text/event-stream} into events. Confined to one ext_proc stream. */
final class SseFramer implements EventFramer, SseDecoder.Sink {
  private final SseDecoder decoder;
  private final Sink sink;

  SseFramer(Sink sink, int maxEventBytes) {
    this.decoder = new SseDecoder(maxEventBytes, this);
    this.sink = sink;
  }

  @Override
  public void feed(Bytes chunk) {
    decoder.feed(chunk);
  }

  @Override
  public void finish() {
    decoder.finish();
  }

  @Override
  public void event(Bytes raw, Bytes data) {
    if (!data.isEmpty()) {
      sink.event(data);
    }
  }

  @Override
  public void oversized(Bytes raw) {
    sink.damaged();
  }
}
