/** How candidates are ranked, each strategy one small class. */
@NullMarked
package dev.drover.routing.strategy;

import org.jspecify.annotations.NullMarked;
