/** Credentials of providers: where they come from, which of several is used, and how. */
@NullMarked
package dev.drover.credential;

import org.jspecify.annotations.NullMarked;
