/** What happened in the last minutes, for people who look on. */
@NullMarked
package dev.drover.telemetry.live;

import org.jspecify.annotations.NullMarked;
