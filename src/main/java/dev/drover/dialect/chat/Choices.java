package dev.drover.dialect.chat;

import dev.drover.dialect.chat.ChatRequest.Choice;
import dev.drover.dialect.chat.ChatRequest.Tool;
import dev.drover.dialect.chat.ChatRequest.ToolChoice;
import dev.drover.json.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads how a model may choose among tools, in the words that OpenAI's APIs share. */
public final class Choices {
  private Choices() {}

  /** Returns the choice that a word names, or null. */
  public static @Nullable ToolChoice word(String word) {
    return switch (word) {
      case "auto" -> new ToolChoice(Choice.AUTO, "");
      case "required" -> new ToolChoice(Choice.ANY, "");
      case "none" -> new ToolChoice(Choice.NONE, "");
      default -> null;
    };
  }

  /**
   * Returns the choice among some of the tools, and takes the others away.
   *
   * @param allowed has {@code mode} and {@code tools}
   * @param hosted the types of the tools that only their maker can run
   */
  public static @Nullable ToolChoice allowed(Json allowed, List<Tool> tools, List<String> hosted) {
    Set<String> names = new HashSet<>();
    Set<String> types = new HashSet<>();
    for (Json tool : allowed.get("tools").elements()) {
      String name = tool.text("name");
      types.add(tool.text("type"));
      names.add(name.isEmpty() ? tool.get("function").text("name") : name);
    }
    hosted.removeIf(type -> !types.contains(type));
    tools.removeIf(tool -> !names.contains(tool.name()));
    return word(allowed.text("mode"));
  }
}
