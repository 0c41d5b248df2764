/**
 * State that outlives reloads: health, sessions, switches, rollouts, and the file it is kept in.
 */
@NullMarked
package dev.drover.state;

import org.jspecify.annotations.NullMarked;
