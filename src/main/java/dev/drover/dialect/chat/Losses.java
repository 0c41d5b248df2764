package dev.drover.dialect.chat;

import dev.drover.dialect.chat.ChatRequest.Choice;
import dev.drover.dialect.chat.ChatRequest.Tool;
import dev.drover.dialect.chat.ChatRequest.ToolChoice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Collects what of a request another API cannot carry. Confined to one thread.
 *
 * <p>A loss that would change the result is a refusal: the request does not go there. Any other
 * field is left out and counted by its name.
 */
public final class Losses {
  private final List<String> refused = new ArrayList<>(0);
  private final Set<String> dropped = new TreeSet<>();

  /** Notes a field without which the result would be another. */
  public void refuse(String field) {
    refused.add(field);
  }

  /** Notes a field that is left out. */
  public void drop(String field) {
    dropped.add(field);
  }

  /**
   * Notes tools that only their maker can run. Where the model may choose, and has others to choose
   * from, they are left out; else the result would be another.
   *
   * @param tools those that can be carried
   * @param choice how the model may choose; null: freely
   */
  public void hosted(List<String> types, List<Tool> tools, @Nullable ToolChoice choice) {
    boolean free = choice == null || choice.choice() == Choice.AUTO;
    for (String type : types) {
      if (free && !tools.isEmpty()) {
        drop("tools." + type);
      } else {
        refuse("tools." + type);
      }
    }
  }

  /** Adds all losses of another stage. */
  public void addAll(Losses other) {
    refused.addAll(other.refused);
    dropped.addAll(other.dropped);
  }

  /**
   * Returns the field that keeps the request from being translated, or null.
   *
   * @param strict whether a field that is left out keeps it too
   */
  public @Nullable String refused(boolean strict) {
    if (!refused.isEmpty()) {
      return refused.getFirst();
    }
    return strict && !dropped.isEmpty() ? dropped.iterator().next() : null;
  }

  /** Returns the names of the fields that are left out, in order. */
  public Set<String> dropped() {
    return Collections.unmodifiableSet(dropped);
  }
}
