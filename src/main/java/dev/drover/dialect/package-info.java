/**
 * What Drover needs to know of an LLM API: facts from a request, edits to it, usage from an answer.
 */
@NullMarked
package dev.drover.dialect;

import org.jspecify.annotations.NullMarked;
