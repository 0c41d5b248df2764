/** The OpenAI dialect: chat/completions, completions, embeddings, models. */
@NullMarked
package dev.drover.dialect.openai;

import org.jspecify.annotations.NullMarked;
