package dev.drover.dialect.chat;

import dev.drover.dialect.chat.ChatRequest.ToolKind;
import dev.drover.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a turn. Immutable. */
public sealed interface Part {
  /** Returns the mark up to which the prompt shall be cached; missing for none. */
  default Json cache() {
    return Json.MISSING;
  }

  /** Words. */
  record Text(String text, Json cache) implements Part {
    public Text(String text) {
      this(text, Json.MISSING);
    }
  }

  /** Words by which a model declined to answer. */
  record Refusal(String text) implements Part {}

  /**
   * An image or a file.
   *
   * @param kind of the thing
   * @param mediaType such as {@code image/png}; empty when it is not known
   * @param data in Base64, or null when it stands elsewhere
   * @param url where it stands, or null
   * @param fileId its name in a provider's store of files, or null
   * @param name of the file; empty for none
   * @param detail how closely an image is looked at; empty when the client does not say
   */
  record Media(
      MediaKind kind,
      String mediaType,
      @Nullable String data,
      @Nullable String url,
      @Nullable String fileId,
      String name,
      String detail,
      Json cache)
      implements Part {}

  /** The kinds of media. */
  enum MediaKind {
    IMAGE,
    DOCUMENT,
    AUDIO
  }

  /**
   * Thoughts of a model.
   *
   * @param text as shown; may be empty
   * @param signature proves to their maker that they are its own; null for none
   */
  record Thinking(String text, @Nullable Signature signature) implements Part {}

  /**
   * A call of a tool by a model.
   *
   * @param id names the call; may carry a signature, see {@link CallIds}
   * @param arguments JSON text for a function, free text for a custom tool
   */
  record ToolCall(
      ToolKind kind, String id, String namespace, String name, String arguments, Json cache)
      implements Part {}

  /**
   * The result of a call.
   *
   * @param callId names the call
   * @param content texts and media
   * @param error whether the tool failed
   */
  record ToolResult(String callId, List<Part> content, boolean error, Json cache) implements Part {
    public ToolResult {
      content = List.copyOf(content);
    }
  }
}
