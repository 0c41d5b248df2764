/** Traces by OpenTelemetry: spans of finished exchanges, sent by OTLP. */
@NullMarked
package dev.drover.telemetry.trace;

import org.jspecify.annotations.NullMarked;
