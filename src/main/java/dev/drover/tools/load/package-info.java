/** Sends traffic and measures what comes of it. */
@NullMarked
package dev.drover.tools.load;

import org.jspecify.annotations.NullMarked;
