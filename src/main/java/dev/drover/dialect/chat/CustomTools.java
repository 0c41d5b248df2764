package dev.drover.dialect.chat;

import dev.drover.dialect.chat.ChatRequest.Tool;
import dev.drover.dialect.chat.ChatRequest.ToolKind;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.json.MalformedJson;
import dev.drover.types.Bytes;
import java.util.List;

/**
 * Carries custom tools, whose argument is free text, to APIs that have functions only: as functions
 * with one argument, {@value #ARGUMENT}.
 */
public final class CustomTools {
  /** The name of the argument. */
  public static final String ARGUMENT = "input";

  private static final Json SCHEMA =
      JsonOut.tree(
          out ->
              out.put("type", "object")
                  .object(
                      "properties",
                      all -> all.object(ARGUMENT, input -> input.put("type", "string")))
                  .array("required", names -> names.add(ARGUMENT))
                  .put("additionalProperties", false));

  private static final Json NO_ARGUMENTS =
      JsonOut.tree(out -> out.put("type", "object").object("properties", none -> {}));

  private CustomTools() {}

  /** Returns the schema of the arguments of a tool as a function; an object in any case. */
  public static Json schema(Tool tool) {
    if (tool.kind() == ToolKind.CUSTOM) {
      return SCHEMA;
    }
    return tool.schema().isObject() && !tool.schema().isEmpty() ? tool.schema() : NO_ARGUMENTS;
  }

  /** Returns the description of a tool as a function; a grammar of its text is part of it. */
  public static String description(Tool tool) {
    String definition = tool.schema().text("definition");
    if (tool.kind() != ToolKind.CUSTOM || definition.isEmpty()) {
      return tool.description();
    }
    return "%s%n%nThe argument \"%s\" must follow this %s grammar:%n%s"
        .formatted(tool.description(), ARGUMENT, tool.schema().text("syntax"), definition)
        .replace(System.lineSeparator(), "\n");
  }

  /** Returns the arguments of a call as an object; missing when they are none. */
  public static Json arguments(Part.ToolCall call) {
    if (call.kind() == ToolKind.CUSTOM) {
      return JsonOut.tree(out -> out.put(ARGUMENT, call.arguments()));
    }
    if (call.arguments().isBlank()) {
      return JsonOut.tree(out -> {});
    }
    try {
      return Json.parse(Bytes.utf8(call.arguments()));
    } catch (MalformedJson _) {
      return Json.MISSING;
    }
  }

  /** Returns the name that a provider gets for the tool that a client names. */
  public static String sentName(List<Tool> tools, String name) {
    return tools.stream()
        .filter(tool -> tool.name().equals(name))
        .map(tool -> ToolNames.sent(tool.namespace(), tool.name()))
        .findFirst()
        .orElse(ToolNames.sent("", name));
  }

  /** Returns the free text of a call that a provider made of a custom tool's function. */
  public static String text(String arguments) {
    Json object = Json.parseOrMissing(Bytes.utf8(arguments));
    return object.get(ARGUMENT).isText() ? object.text(ARGUMENT) : arguments;
  }
}
