/** What kind of task a request is. */
@NullMarked
package dev.drover.routing.task;

import org.jspecify.annotations.NullMarked;
