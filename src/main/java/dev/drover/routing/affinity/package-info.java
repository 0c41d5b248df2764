/** Conversations and the targets whose prompt caches know them. */
@NullMarked
package dev.drover.routing.affinity;

import org.jspecify.annotations.NullMarked;
