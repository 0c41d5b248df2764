/** Answers that are given again to requests of the same meaning. */
@NullMarked
package dev.drover.cache;

import org.jspecify.annotations.NullMarked;
