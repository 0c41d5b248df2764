/** The parts of reading a request that all dialects share. */
@NullMarked
package dev.drover.dialect.request;

import org.jspecify.annotations.NullMarked;
