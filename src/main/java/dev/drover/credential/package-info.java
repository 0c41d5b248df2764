/** API keys of providers: where they are read, and which of several is used. */
@NullMarked
package dev.drover.credential;

import org.jspecify.annotations.NullMarked;
