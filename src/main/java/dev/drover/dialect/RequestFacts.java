package dev.drover.dialect;

import dev.drover.types.Capability;
import dev.drover.types.ServiceTier;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The facts that routing needs of a request, read from its body. Positions refer to that body.
 *
 * @param operation the operation asked for
 * @param model the model name as the client wrote it, never empty
 * @param modelSpan the position of that name, with its quotes
 * @param stream true when the client wants an event stream
 * @param streamUsage the edit that asks for usage in a streaming request that did not; null when
 *     there is nothing to edit
 * @param deterministic true when a repeated request is expected to get the same response: at
 *     temperature 0, or without generated tokens
 * @param maxOutputTokens the client's bound on generated tokens, or -1 when it gave none
 * @param choices the number of choices asked for, 1 to 1024
 * @param promptBytes bytes of messages, prompt or input and of tools, as written; without the data
 *     of images, sounds and files
 * @param mediaTokens the estimated tokens of images, sounds and files
 * @param prompt the positions of the request's words
 * @param needs the capabilities that a target must have to serve the request
 * @param bodyApi the client API whose form the body has, where that is not the one of the path;
 *     else null
 * @param cacheMarkers the number of explicit prompt-cache breakpoints
 * @param tier the tier that the request asks to be served in
 * @param references what it refers to that a provider stored
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
    long mediaTokens,
    Prompt prompt,
    Set<Capability> needs,
    @Nullable String bodyApi,
    int cacheMarkers,
    ServiceTier tier,
    References references) {

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

  /** Returns the facts of a request without a body that reads or changes a stored response. */
  public static RequestFacts stored(Operation operation, String id) {
    return new RequestFacts(
        operation,
        "",
        new Span(0, 0),
        false,
        null,
        false,
        -1,
        1,
        0,
        0,
        new Prompt(List.of(), List.of(), List.of(), null),
        Set.of(),
        null,
        0,
        ServiceTier.STANDARD,
        References.path(id));
  }

  /**
   * Returns the facts with what is known of the stored responses that the request refers to.
   *
   * @param modelName the model, where the request does not name one
   * @param tokens the tokens of those responses
   */
  public RequestFacts found(String modelName, long tokens) {
    return new RequestFacts(
        operation,
        model.isEmpty() ? modelName : model,
        modelSpan,
        stream,
        streamUsage,
        deterministic,
        maxOutputTokens,
        choices,
        promptBytes,
        mediaTokens,
        prompt,
        needs,
        bodyApi,
        cacheMarkers,
        tier,
        references.withTokens(tokens));
  }
}
