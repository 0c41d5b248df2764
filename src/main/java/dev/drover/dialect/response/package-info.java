/** The parts of reading a response that all dialects share: usage, text, faults. */
@NullMarked
package dev.drover.dialect.response;

import org.jspecify.annotations.NullMarked;
