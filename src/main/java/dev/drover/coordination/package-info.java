/** What several Drovers know and count together. */
@NullMarked
package dev.drover.coordination;

import org.jspecify.annotations.NullMarked;
