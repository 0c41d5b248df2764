/** Anthropic's Messages API. */
@NullMarked
package dev.drover.dialect.anthropic;

import org.jspecify.annotations.NullMarked;
