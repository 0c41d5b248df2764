package dev.drover.exchange;

import dev.drover.cache.ResponseCache;
import dev.drover.catalog.Target;
import dev.drover.coordination.Coordinator;
import dev.drover.record.ExchangeListener;
import dev.drover.routing.Ruleset;
import dev.drover.types.Ticker;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What every exchange needs. Thread-safe.
 *
 * @param ruleset the ruleset in force; an exchange asks once and keeps what it got
 * @param inFlight the exchanges on their way, shared between streams
 * @param cache answers to give again
 * @param coordinator what other Drovers know and count
 * @param listener told once of each finished exchange
 * @param tracing takes up traces
 * @param stopwatch told how long each transition took
 * @param ticker elapsed time
 * @param wall time of day, for records and HTTP dates
 * @param ids gives a fresh, unique exchange id
 * @param elsewhere finds, by its id, a target that the ruleset in force does not have but another
 *     Drover's may
 */
public record ExchangeContext(
    Supplier<Ruleset> ruleset,
    InFlightExchanges inFlight,
    ResponseCache cache,
    Coordinator coordinator,
    ExchangeListener listener,
    Tracing tracing,
    Stopwatch stopwatch,
    Ticker ticker,
    InstantSource wall,
    Supplier<String> ids,
    Function<String, @Nullable Target> elsewhere) {}
