package dev.drover.dialect.chat;

import dev.drover.dialect.chat.ChatRequest.Tool;
import dev.drover.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The names under which a provider knows the tools of a request. Providers take letters, digits,
 * underscores and hyphens, 64 at most; other names are changed in a way that depends on nothing but
 * the name, and are changed back in responses. Immutable.
 */
public final class ToolNames {
  /** No tools. */
  public static final ToolNames NONE = new ToolNames(Map.of());

  private static final int LONGEST = 64;
  private static final int SUM = 8;

  private final Map<String, Tool> bySentName;

  private ToolNames(Map<String, Tool> bySentName) {
    this.bySentName = bySentName;
  }

  /** Returns the names of some tools. */
  public static ToolNames of(List<Tool> tools) {
    Map<String, Tool> names = new HashMap<>();
    for (Tool tool : tools) {
      Tool kept =
          new Tool(
              tool.kind(), tool.namespace(), tool.name(), "", Json.MISSING, null, Json.MISSING);
      names.put(sent(tool.namespace(), tool.name()), kept);
    }
    return new ToolNames(Map.copyOf(names));
  }

  /** Returns the name that a provider gets for a tool. */
  public static String sent(String namespace, String name) {
    String full = namespace.isEmpty() ? name : namespace + "__" + name;
    String plain = full.replaceAll("[^A-Za-z0-9_-]", "_");
    if (plain.equals(full) && full.length() <= LONGEST && !full.isEmpty()) {
      return full;
    }
    CRC32 sum = new CRC32();
    sum.update(full.getBytes(StandardCharsets.UTF_8));
    String end = "_%08x".formatted(sum.getValue());
    return plain.substring(0, Math.min(plain.length(), LONGEST - SUM - 1)) + end;
  }

  /** Returns the tool that a provider calls by a name; null when the request has none such. */
  public @Nullable Tool called(String sentName) {
    Tool tool = bySentName.get(sentName);
    return tool == null ? only(bySentName.values(), sentName) : tool;
  }

  /** Returns the only tool with a name, whatever its namespace; null when there is none or more. */
  public static @Nullable Tool only(Collection<Tool> tools, String name) {
    Tool found = null;
    for (Tool tool : tools) {
      if (tool.name().equals(name)) {
        if (found != null) {
          return null;
        }
        found = tool;
      }
    }
    return found;
  }
}
