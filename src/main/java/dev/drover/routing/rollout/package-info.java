/** Targets that take a model over step by step. */
@NullMarked
package dev.drover.routing.rollout;

import org.jspecify.annotations.NullMarked;
