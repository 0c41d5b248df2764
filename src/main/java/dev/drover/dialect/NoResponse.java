package dev.drover.dialect;

import dev.drover.types.Bytes;
import org.jspecify.annotations.Nullable;

/** Reads nothing and says the same of every answer. */
record NoResponse(ResponseFacts facts) implements ResponseReader {
  /** The reader for error responses and for responses of operations without usage. */
  static final NoResponse EMPTY = new NoResponse(ResponseFacts.NONE);

  /** The reader for responses in a content encoding that Drover does not know. */
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
