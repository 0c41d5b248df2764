/** Ranks candidates, with one small class for each strategy. */
@NullMarked
package dev.drover.routing.strategy;

import org.jspecify.annotations.NullMarked;
