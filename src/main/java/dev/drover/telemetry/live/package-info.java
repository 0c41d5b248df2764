/** Collects the figures of the last minutes for the console. */
@NullMarked
package dev.drover.telemetry.live;

import org.jspecify.annotations.NullMarked;
