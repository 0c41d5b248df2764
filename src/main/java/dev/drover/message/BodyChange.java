package dev.drover.message;

import dev.drover.types.Bytes;
import java.util.List;

/** The change that Drover makes to a body or to one chunk of it. */
public sealed interface BodyChange {
  /** A change that leaves the body or chunk as it is. */
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

  /** Returns the change that passes a chunk on unmodified in this mode. */
  static BodyChange pass(BodyMode mode, Bytes chunk, boolean end) {
    return mode == BodyMode.FULL_DUPLEX_STREAMED ? new Stream(List.of(chunk), end) : KEEP;
  }

  /** Returns the change that passes other bytes on in place of a chunk in this mode. */
  static BodyChange replace(BodyMode mode, List<Bytes> rope, boolean end) {
    return mode == BodyMode.FULL_DUPLEX_STREAMED ? new Stream(rope, end) : new Replace(rope);
  }
}
