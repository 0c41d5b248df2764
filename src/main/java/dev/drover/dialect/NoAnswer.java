package dev.drover.dialect;

import dev.drover.types.Bytes;
import org.jspecify.annotations.Nullable;

/** Reads nothing and says the same of every answer. */
record NoAnswer(AnswerFacts facts) implements AnswerReader {
  /** Of error answers and those of operations without usage. */
  static final NoAnswer EMPTY = new NoAnswer(AnswerFacts.NONE);

  /** Of answers in an encoding that is not known here. */
  static final NoAnswer UNREAD = new NoAnswer(AnswerFacts.UNREAD);

  @Override
  public @Nullable Bytes read(Bytes chunk, boolean last) {
    return null;
  }

  @Override
  public AnswerFacts facts(boolean complete) {
    return facts;
  }

  @Override
  public void close() {}
}
