/** Decides what callers may do, by rules with CEL conditions. */
@NullMarked
package dev.drover.routing.policy;

import org.jspecify.annotations.NullMarked;
