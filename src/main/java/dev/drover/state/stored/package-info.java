/** Knows where providers store the responses that clients may come back to. */
@NullMarked
package dev.drover.state.stored;

import org.jspecify.annotations.NullMarked;
