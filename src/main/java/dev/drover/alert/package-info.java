/** Tells people of what they should look at, and of its end. */
@NullMarked
package dev.drover.alert;

import org.jspecify.annotations.NullMarked;
