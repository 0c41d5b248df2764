package dev.drover.dialect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a request's words stand in its body; text values with their quotes. Of each kind the first
 * {@value #MOST} at most.
 *
 * @param instructions texts of system and developer messages
 * @param firstUser texts of the first message of a user
 * @param lastUser texts of the last one, or of the prompt or input of other operations
 * @param tools the tools as written, or null
 */
public record Prompt(
    List<Span> instructions, List<Span> firstUser, List<Span> lastUser, @Nullable Span tools) {
  /** Texts kept of each kind. */
  public static final int MOST = 16;

  public Prompt {
    instructions = List.copyOf(instructions);
    firstUser = List.copyOf(firstUser);
    lastUser = List.copyOf(lastUser);
  }
}
