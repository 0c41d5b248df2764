/** Commands of the tools jar. */
@NullMarked
package dev.drover.tools.cli;

import org.jspecify.annotations.NullMarked;
