package dev.drover.message;

import dev.drover.types.Bytes;
import java.util.List;

/** What becomes of a body or a chunk of one. */
public sealed interface BodyChange {
  /** It goes on as it is. */
  record Keep() implements BodyChange {}

  /**
   * Other bytes go on in its place.
   *
   * @param rope the parts, in order; none: nothing goes on
   */
  record Replace(List<Bytes> rope) implements BodyChange {}

  /**
   * In full-duplex mode: these bytes go on.
   *
   * @param end whether the body ends with them
   */
  record Stream(List<Bytes> rope, boolean end) implements BodyChange {}

  BodyChange KEEP = new Keep();

  /** What passes a chunk on untouched in this mode. */
  static BodyChange pass(BodyMode mode, Bytes chunk, boolean end) {
    return mode == BodyMode.FULL_DUPLEX_STREAMED ? new Stream(List.of(chunk), end) : KEEP;
  }

  /** What passes other bytes on in this mode. */
  static BodyChange replace(BodyMode mode, List<Bytes> rope, boolean end) {
    return mode == BodyMode.FULL_DUPLEX_STREAMED ? new Stream(rope, end) : new Replace(rope);
  }
}
