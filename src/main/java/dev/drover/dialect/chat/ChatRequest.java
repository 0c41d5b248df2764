package dev.drover.dialect.chat;

import dev.drover.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request for a chat, in words that belong to no API. Immutable.
 *
 * @param stream whether the client wants an event stream
 * @param turns the conversation, instructions included, in order
 * @param tools the tools that the model may call
 * @param toolChoice how it may choose among them; null when the client does not say
 * @param parallelTools whether it may call several at once; null when the client does not say
 * @param maxOutput the most tokens to be generated; null when the client gives no bound
 * @param stop texts that end the response
 * @param sampling temperature and the like
 * @param reasoning how much to think; null when the client does not say
 * @param format the form of the response; null for plain text
 * @param labels what is said about the request beside its content
 * @param more further fields that another API may have too, by their name in OpenAI's chat API
 */
public record ChatRequest(
    boolean stream,
    List<Turn> turns,
    List<Tool> tools,
    @Nullable ToolChoice toolChoice,
    @Nullable Boolean parallelTools,
    @Nullable Long maxOutput,
    List<String> stop,
    Sampling sampling,
    @Nullable Reasoning reasoning,
    @Nullable Format format,
    Labels labels,
    Map<String, Json> more) {
  public ChatRequest {
    turns = List.copyOf(turns);
    tools = List.copyOf(tools);
    stop = List.copyOf(stop);
  }

  /** The speaker of a turn. A tool's results are said by the user's side. */
  public enum Role {
    SYSTEM,
    USER,
    ASSISTANT
  }

  /** A turn of a conversation. */
  public record Turn(Role role, List<Part> parts) {
    public Turn {
      parts = List.copyOf(parts);
    }
  }

  /** The kinds of tools that are not hosted by a provider. */
  public enum ToolKind {
    /** Arguments are JSON of a schema. */
    FUNCTION,
    /** The one argument is free text. */
    CUSTOM
  }

  /**
   * A tool that the client runs itself.
   *
   * @param namespace the group of tools that it belongs to; empty for none
   * @param description empty when there is none
   * @param schema of the arguments, missing when there is none; for a custom tool, its text format
   * @param strict whether arguments must obey the schema; null when the client does not say
   * @param cache the mark up to which the prompt shall be cached; missing for none
   */
  public record Tool(
      ToolKind kind,
      String namespace,
      String name,
      String description,
      Json schema,
      @Nullable Boolean strict,
      Json cache) {}

  /** The ways in which a model may choose among tools. */
  public enum Choice {
    AUTO,
    ANY,
    NONE,
    NAMED
  }

  /**
   * A client's rule for the choice among tools.
   *
   * @param name of the tool that must be called; empty unless the choice is {@link Choice#NAMED}
   */
  public record ToolChoice(Choice choice, String name) {}

  /**
   * Numbers that steer the sampling, as written; missing ones are not given.
   *
   * @param topK tokens to choose among
   */
  public record Sampling(Json temperature, Json topP, Json topK) {
    /** No number is given. */
    public static final Sampling NONE = new Sampling(Json.MISSING, Json.MISSING, Json.MISSING);
  }

  /**
   * A client's wish for how much a model thinks.
   *
   * @param effort none, minimal, low, medium, high, xhigh or max; empty when only a budget is given
   * @param budget tokens to think with; null when only an effort is given
   * @param shown whether the client wants to see a summary or the text of it
   */
  public record Reasoning(String effort, @Nullable Long budget, boolean shown) {}

  /**
   * The form of a response.
   *
   * @param name of the schema; empty when there is none
   * @param schema missing when any JSON object will do
   * @param strict null when the client does not say
   */
  public record Format(String name, Json schema, @Nullable Boolean strict) {}

  /**
   * Names that are said beside the content of a request.
   *
   * @param user a name for the end user; null for none
   * @param cacheKey groups requests with the same beginning; null for none
   */
  public record Labels(@Nullable String user, @Nullable String cacheKey) {}
}
