/** Turns finished exchanges into meters and log lines; names every meter in one place. */
@NullMarked
package dev.drover.telemetry;

import org.jspecify.annotations.NullMarked;
