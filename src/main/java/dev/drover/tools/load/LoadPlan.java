package dev.drover.tools.load;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * Describes the requests of a load run and their timing.
 *
 * @param url the URL that ends in {@code /chat/completions}
 * @param body the body of each request
 * @param headers the headers of each request, beside its content type
 * @param timeout the time after which a request counts as failed
 */
public record LoadPlan(
    URI url, String body, Map<String, String> headers, Duration timeout, Shape shape) {}
