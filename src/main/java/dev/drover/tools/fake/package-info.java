/** Fake providers that answer as OpenAI's API does, and fail as providers do. */
@NullMarked
package dev.drover.tools.fake;

import org.jspecify.annotations.NullMarked;
