/** Conversations and the targets whose prompt caches know them. */
@NullMarked
package dev.drover.state.affinity;

import org.jspecify.annotations.NullMarked;
