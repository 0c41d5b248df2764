package dev.drover.dialect;

import dev.drover.types.Bytes;

/** Cuts the bytes of a streamed response into events. Confined to one ext_proc stream. */
public interface EventFramer {
  /** A receiver of events. */
  interface Sink {
    /** Receives the JSON or the marker that an event holds. */
    void event(Bytes data);

    /** Receives nothing any more: the bytes are no stream of this kind, or an event is too long. */
    void damaged();
  }

  /** Takes the next bytes, cut anywhere. */
  void feed(Bytes chunk);

  /** The bytes end. */
  void finish();
}
