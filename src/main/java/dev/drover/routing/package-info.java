/**
 * Chooses the targets of a request: filters candidates, ranks them, names the plan, and keeps the
 * reasons of the decision.
 */
@NullMarked
package dev.drover.routing;

import org.jspecify.annotations.NullMarked;
