package dev.drover.dialect.chat;

import dev.drover.types.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Receives a response, part after part, whatever API it came by. Parts never overlap: each one is
 * started, continued and ended before the next. Confined to one ext_proc stream.
 */
public interface ChatSink {
  /** The kinds of parts. */
  enum PartKind {
    TEXT,
    REFUSAL,
    REASONING,
    TOOL_CALL
  }

  /** The reasons why a response ends. */
  enum Stop {
    END,
    LENGTH,
    TOOL_CALLS,
    FILTERED,
    SEQUENCE,
    PAUSE
  }

  /**
   * The response begins. Comes first, and once.
   *
   * @param id as the provider names it; may be empty
   * @param model as the provider names it; may be empty
   */
  void started(String id, String model);

  /**
   * A part begins.
   *
   * @param callId the id of a tool call; empty for other parts
   * @param name the tool's name; empty for other parts
   */
  void partStarted(PartKind kind, String callId, String name);

  /** A part goes on. Arguments of a tool call come as JSON text. */
  void partDelta(String text);

  /**
   * A part ends.
   *
   * @param signature what its maker wants back with it; null for none
   */
  void partEnded(@Nullable Signature signature);

  /**
   * The response ends well. Nothing follows.
   *
   * @param sequence the stop text that ended it, or null
   * @param usage the tokens, or null when the provider does not say
   */
  void finished(Stop stop, @Nullable String sequence, @Nullable Usage usage);

  /** The response ends with an error, at any time. Nothing follows. */
  void failed(GatewayError error, @Nullable Usage usage);
}
