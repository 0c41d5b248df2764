/** Per-target breaker, cool-down, latencies and learned figures; survives reloads. */
@NullMarked
package dev.drover.state.health;

import org.jspecify.annotations.NullMarked;
