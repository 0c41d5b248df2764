/** Shares counts and cached responses among several Drovers. */
@NullMarked
package dev.drover.coordination;

import org.jspecify.annotations.NullMarked;
