/** Bedrock's Converse API, which providers speak and no clients of Drover. */
@NullMarked
package dev.drover.dialect.bedrock;

import org.jspecify.annotations.NullMarked;
