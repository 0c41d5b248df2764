/** Checks what holds between keys of a config file. */
@NullMarked
package dev.drover.config.check;

import org.jspecify.annotations.NullMarked;
