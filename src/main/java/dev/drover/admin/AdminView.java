package dev.drover.admin;

import dev.drover.config.GatewayConfig;
import dev.drover.config.Problem;
import dev.drover.routing.health.HealthRegistry;
import dev.drover.types.Ticker;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * What the admin server may look at. Thread-safe.
 *
 * @param ready whether new exchanges are welcome
 * @param config the config in force
 * @param version its ruleset's version
 * @param problems what is wrong with the config file since
 * @param metrics all meters as Prometheus text
 */
public record AdminView(
    BooleanSupplier ready,
    Supplier<GatewayConfig> config,
    IntSupplier version,
    Supplier<List<Problem>> problems,
    HealthRegistry health,
    Ticker ticker,
    Supplier<String> metrics) {}
