package dev.drover.dialect.request;

import dev.drover.dialect.Prompt;
import dev.drover.dialect.Span;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes where the words of a request stand while it is read. Confined to one reading. */
public final class PromptReader {
  /** The roles whose messages are noted. */
  static final List<String> ROLES = List.of("user", "system", "developer");

  private final List<Span> instructions = new ArrayList<>(2);
  private List<Span> firstUser = List.of();
  private List<Span> lastUser = List.of();
  private List<Span> texts = new ArrayList<>(2);
  private @Nullable Span tools;

  /** A message begins. */
  public void begin() {
    texts = new ArrayList<>(2);
  }

  /** A text of the message. */
  public void text(Span span) {
    if (texts.size() < Prompt.MOST) {
      texts.add(span);
    }
  }

  /** The message ends; only now its role is known for sure. */
  public void end(String role) {
    switch (role) {
      case "system", "developer" -> {
        int room = Prompt.MOST - instructions.size();
        instructions.addAll(texts.subList(0, Math.min(room, texts.size())));
      }
      case "user" -> {
        lastUser = texts;
        firstUser = firstUser.isEmpty() ? texts : firstUser;
      }
      default -> {}
    }
  }

  public void tools(Span span) {
    tools = span;
  }

  public Prompt prompt() {
    return new Prompt(instructions, firstUser, lastUser, tools);
  }
}
