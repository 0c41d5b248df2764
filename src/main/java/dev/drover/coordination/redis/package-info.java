/** Counts, answers and rests that several Drovers share in a Redis. */
@NullMarked
package dev.drover.coordination.redis;

import org.jspecify.annotations.NullMarked;
