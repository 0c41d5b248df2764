/** Who asks, and how much they may ask for. */
@NullMarked
package dev.drover.admission;

import org.jspecify.annotations.NullMarked;
