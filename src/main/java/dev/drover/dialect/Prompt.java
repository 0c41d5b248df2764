package dev.drover.dialect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The positions of a request's words in its body. Text values include their quotes. At most the
 * first {@value #MOST} texts of each kind are kept.
 *
 * @param instructions texts of system and developer messages
 * @param firstUser texts of the first message of a user
 * @param lastUser texts of the last message of a user, or of the prompt or input of other
 *     operations
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
