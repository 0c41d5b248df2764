package dev.drover.exchange;

import dev.drover.dialect.Dialect;
import dev.drover.dialect.Endpoint;
import java.time.Instant;
import java.util.Set;

/**
 * A request for an LLM operation, as its headers tell. Immutable.
 *
 * @param id the exchange's id
 * @param ruleset pinned for the life of the exchange
 * @param query the query of the client's path, with its question mark; may be empty
 * @param wishes what the client asks of the choice
 * @param strip headers of the client that nobody else may see
 * @param modes as announced for the stream
 */
record Call(
    String id,
    Ruleset ruleset,
    Dialect dialect,
    Endpoint endpoint,
    String query,
    WishHeaders wishes,
    Set<String> strip,
    Modes modes,
    Instant started,
    long startNanos) {}
