/** Sends traffic and measures what comes of it. */
@NullMarked
package dev.drover.load;

import org.jspecify.annotations.NullMarked;
