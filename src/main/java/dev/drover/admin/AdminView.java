package dev.drover.admin;

import dev.drover.config.bind.Problem;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.ledger.LedgerStatus;
import dev.drover.state.RuntimeState;
import dev.drover.types.Ticker;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the admin server may look at. Thread-safe.
 *
 * @param ready whether new exchanges are welcome
 * @param config the config in force
 * @param version its ruleset's version
 * @param problems what is wrong with the config file since
 * @param state what routing knows
 * @param models the names of the models
 * @param targets the names of the targets, and why each gets no requests; empty: it does
 * @param providers the names of the providers
 * @param token what changes must be asked for with, or null when there can be none
 * @param saveRollouts stores how far rollouts are; whether that worked
 * @param ledger how the ledger does
 * @param alerts what people are told of: maps, text and numbers
 * @param live what happened, with the rows after a number: maps, text and numbers
 * @param exchange one of the last exchanges by its id, or null
 * @param xds the Envoys that are told their clusters; empty when none are
 * @param reload reads the config file again
 * @param metrics all meters in the format of a content type
 */
public record AdminView(
    BooleanSupplier ready,
    Supplier<GatewayConfig> config,
    IntSupplier version,
    Supplier<List<Problem>> problems,
    RuntimeState state,
    Supplier<Collection<String>> models,
    Supplier<Map<String, String>> targets,
    Supplier<Collection<String>> providers,
    Supplier<@Nullable String> token,
    BooleanSupplier saveRollouts,
    Supplier<LedgerStatus> ledger,
    Supplier<Map<String, Object>> alerts,
    LongFunction<Map<String, Object>> live,
    Function<String, @Nullable Map<String, Object>> exchange,
    Supplier<Map<String, Object>> xds,
    Runnable reload,
    Ticker ticker,
    UnaryOperator<String> metrics) {}
