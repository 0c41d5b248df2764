/** Commands: parse arguments, print, exit. */
@NullMarked
package dev.drover.cli;

import org.jspecify.annotations.NullMarked;
