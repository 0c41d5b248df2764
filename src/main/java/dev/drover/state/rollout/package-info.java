/** Targets that take a model over step by step. */
@NullMarked
package dev.drover.state.rollout;

import org.jspecify.annotations.NullMarked;
