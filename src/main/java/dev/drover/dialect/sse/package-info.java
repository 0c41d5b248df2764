/** Incremental event-stream decoding across arbitrary chunk borders. */
@NullMarked
package dev.drover.dialect.sse;

import org.jspecify.annotations.NullMarked;
