/** Composition root: builds every object once, starts and stops them in order, swaps rulesets. */
@NullMarked
package dev.drover.app;

import org.jspecify.annotations.NullMarked;
