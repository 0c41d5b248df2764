package dev.drover.exchange.pipeline;

import dev.drover.exchange.account.RequestContext;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the headers of an LLM request tell.
 *
 * @param request the request; its caller is known unless {@code refused} says otherwise
 * @param refused why the request goes no further, or null
 */
public record RequestHead(RequestContext request, @Nullable RefusedRequest refused) {}
