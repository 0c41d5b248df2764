package dev.drover.dialect.chat;

import dev.drover.dialect.chat.ChatRequest.Reasoning;

/** Puts a budget of tokens for thinking into the words of an effort. */
public final class Efforts {
  private static final long LOW = 4096;
  private static final long MEDIUM = 16_384;

  private Efforts() {}

  /**
   * Returns the effort that is asked for: as given, else by the budget: up to {@value #LOW} tokens
   * low, up to {@value #MEDIUM} medium, above that high.
   */
  public static String of(Reasoning reasoning) {
    if (!reasoning.effort().isEmpty()) {
      return reasoning.effort();
    }
    long budget = reasoning.budget() == null ? MEDIUM : reasoning.budget();
    return budget <= LOW ? "low" : budget <= MEDIUM ? "medium" : "high";
  }
}
