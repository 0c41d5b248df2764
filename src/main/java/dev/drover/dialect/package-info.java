/**
 * Reads facts from the requests of an LLM API, edits the requests, and reads usage from the
 * responses.
 */
@NullMarked
package dev.drover.dialect;

import org.jspecify.annotations.NullMarked;
