package dev.drover.tools.load;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * What is sent, and when.
 *
 * @param url where {@code /v1/chat/completions} is
 * @param body of each request
 * @param headers of each request, beside its content type
 * @param timeout after which a request counts as failed
 */
public record LoadPlan(
    URI url, String body, Map<String, String> headers, Duration timeout, Shape shape) {}
