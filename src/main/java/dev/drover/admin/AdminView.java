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
 * Holds the data and the operations that the admin server may use. Thread-safe.
 *
 * @param ready whether new exchanges are welcome
 * @param config the config in force
 * @param version the version of the ruleset in force
 * @param problems the problems of the config and TLS files since they were last read
 * @param state the state that routing keeps
 * @param models the names of the models
 * @param targets the names of the targets, and why each gets no requests; empty: it does
 * @param providers the names of the providers
 * @param token the token that changes need, or null when there can be none
 * @param saveRollouts stores the progress of rollouts; returns whether it is stored
 * @param ledger the status of the ledger
 * @param alerts the page of alerts: maps, text and numbers
 * @param live the live page, with the rows after a number: maps, text and numbers
 * @param exchange finds a recent exchange by its id, or gives null
 * @param xds the Envoys that are told their clusters; empty when none are
 * @param reload reads the config file again
 * @param explain explains a request
 * @param metrics gives all meters in the format of a content type
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
    ExplainView explain,
    Ticker ticker,
    UnaryOperator<String> metrics) {}
