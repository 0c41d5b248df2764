package dev.drover.dialect;

import dev.drover.types.Capability;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one request body says, as far as routing needs it. Positions refer to the body that was
 * read.
 *
 * @param operation the operation asked for
 * @param model the model name as the client wrote it, never empty
 * @param modelSpan where that name stands, with its quotes
 * @param stream whether the client wants an event stream
 * @param streamUsage where and how the client asked for usage in the stream
 * @param deterministic whether asking again would give the same answer, as far as that goes
 * @param maxOutputTokens the client's bound on generated tokens, or -1
 * @param choices how many answers are asked for, at least 1
 * @param promptBytes bytes of messages, prompt or input and of tools, as written
 * @param prompt where its words stand
 * @param needs capabilities without which a target cannot serve this
 * @param cacheMarkers explicit prompt-cache breakpoints
 */
public record RequestFacts(
    Operation operation,
    String model,
    Span modelSpan,
    boolean stream,
    @Nullable StreamUsage streamUsage,
    boolean deterministic,
    long maxOutputTokens,
    int choices,
    int promptBytes,
    Prompt prompt,
    Set<Capability> needs,
    int cacheMarkers) {

  /**
   * The state of {@code stream_options.include_usage} in a streaming request that did not ask for
   * usage.
   *
   * @param edit the edit which makes the request ask for it
   */
  public record StreamUsage(Edit edit) {}

  public RequestFacts {
    needs = Set.copyOf(needs);
  }
}
