/** Google's Gemini API, as AI Studio and Vertex AI speak it. */
@NullMarked
package dev.drover.dialect.gemini;

import org.jspecify.annotations.NullMarked;
