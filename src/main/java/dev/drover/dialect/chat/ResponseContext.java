package dev.drover.dialect.chat;

/**
 * Describes a request for the sake of its response. Immutable.
 *
 * @param stream whether the client wants an event stream
 * @param usage whether a stream tells its usage
 * @param id of the exchange, for APIs that name their responses
 * @param created when the request came, in seconds since 1970
 * @param inputEstimate the estimated tokens of the prompt
 * @param tools the tools of the request
 * @param model the target's model, for providers whose responses do not name one
 */
public record ResponseContext(
    boolean stream,
    boolean usage,
    String id,
    long created,
    long inputEstimate,
    ToolNames tools,
    String model) {}
