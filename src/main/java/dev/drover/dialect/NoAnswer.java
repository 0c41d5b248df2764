package dev.drover.dialect;

import dev.drover.types.Bytes;
import org.jspecify.annotations.Nullable;

/** Reads nothing: error answers and answers of operations without usage. Immutable. */
enum NoAnswer implements AnswerReader {
  INSTANCE;

  @Override
  public @Nullable Bytes read(Bytes chunk, boolean last) {
    return null;
  }

  @Override
  public AnswerFacts facts(boolean complete) {
    return AnswerFacts.NONE;
  }

  @Override
  public void close() {}
}
