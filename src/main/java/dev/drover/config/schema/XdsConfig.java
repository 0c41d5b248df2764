package dev.drover.config.schema;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Drover as Envoy's control plane. */
public record XdsConfig(
    @Key(
            doc =
                "CA certificates, a PEM file on Drover's machine, that Envoy is given to verify providers with. "
                    + "Without it Envoy reads `envoy.trusted_ca` on its own.")
        @Nullable String trustedCa,
    @Key(
            doc =
                "How long Envoys have had new clusters before requests are sent to them: time to resolve names. Where "
                    + "Envoys share several Drovers: longer than a new config takes to reach them all.",
            def = "200ms",
            min = "0s",
            max = "10m")
        Duration settle) {}
