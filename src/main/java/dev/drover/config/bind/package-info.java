/** Turns a YAML tree into config records and collects every problem on the way. */
@NullMarked
package dev.drover.config.bind;

import org.jspecify.annotations.NullMarked;
