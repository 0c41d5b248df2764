package dev.drover.exchange.account;

import dev.drover.cache.ResponseCache;
import dev.drover.catalog.Target;
import dev.drover.coordination.Coordinator;
import dev.drover.record.ExchangeListener;
import dev.drover.routing.Ruleset;
import dev.drover.state.stored.ResponseLocations;
import dev.drover.types.HeldBytes;
import dev.drover.types.Ticker;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the dependencies that all exchanges share. Thread-safe.
 *
 * @param ruleset the ruleset in force; an exchange asks once and keeps what it got
 * @param inFlight the exchanges on their way, shared between streams
 * @param held the memory that is held for exchanges under way
 * @param cache the responses that may be served again
 * @param coordinator the cache and the limits that several Drovers share
 * @param locations where providers store responses
 * @param listener receives each finished exchange, once
 * @param tracing takes up traces
 * @param stopwatch receives the duration of each transition
 * @param ticker elapsed time
 * @param wall time of day, for records and HTTP dates
 * @param ids gives a fresh, unique exchange id
 * @param elsewhere finds, by its id, a target that the ruleset in force does not have but another
 *     Drover's may
 */
public record ExchangeContext(
    Supplier<Ruleset> ruleset,
    InFlightExchanges inFlight,
    HeldBytes held,
    ResponseCache cache,
    Coordinator coordinator,
    ResponseLocations locations,
    ExchangeListener listener,
    Tracing tracing,
    Stopwatch stopwatch,
    Ticker ticker,
    InstantSource wall,
    Supplier<String> ids,
    Function<String, @Nullable Target> elsewhere) {}
