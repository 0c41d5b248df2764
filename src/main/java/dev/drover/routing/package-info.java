/** Which target? Candidate filtering, strategy, plan, decision with its reasons. */
@NullMarked
package dev.drover.routing;

import org.jspecify.annotations.NullMarked;
