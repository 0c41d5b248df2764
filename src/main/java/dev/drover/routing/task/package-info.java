/** Sorts requests into task classes. */
@NullMarked
package dev.drover.routing.task;

import org.jspecify.annotations.NullMarked;
