/** Flat facts of finished exchanges, for everything that reads them: ids, names, sums. */
@NullMarked
package dev.drover.record;

import org.jspecify.annotations.NullMarked;
