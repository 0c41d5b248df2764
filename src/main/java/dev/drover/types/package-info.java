/** Small values with units, shared by every package. Depends on nothing. */
@NullMarked
package dev.drover.types;

import org.jspecify.annotations.NullMarked;
