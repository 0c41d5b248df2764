/** Identifies callers and limits what they may request and spend. */
@NullMarked
package dev.drover.admission;

import org.jspecify.annotations.NullMarked;
