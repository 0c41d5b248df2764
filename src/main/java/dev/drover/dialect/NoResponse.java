package dev.drover.dialect;

import dev.drover.types.Bytes;
import org.jspecify.annotations.Nullable;

/** Reads nothing and says the same of every answer. */
record NoResponse(ResponseFacts facts) implements ResponseReader {
  /** Of error answers and those of operations without usage. */
  static final NoResponse EMPTY = new NoResponse(ResponseFacts.NONE);

  /** Of answers in an encoding that is not known here. */
  static final NoResponse UNREAD = new NoResponse(ResponseFacts.UNREAD);

  @Override
  public @Nullable Bytes read(Bytes chunk, boolean last) {
    return null;
  }

  @Override
  public ResponseFacts facts(boolean complete) {
    return facts;
  }

  @Override
  public void close() {}
}
