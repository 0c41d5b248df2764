/** OpenAI's Responses API. */
@NullMarked
package dev.drover.dialect.responses;

import org.jspecify.annotations.NullMarked;
