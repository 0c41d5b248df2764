/** Admin HTTP: health, metrics, config, targets. */
@NullMarked
package dev.drover.admin;

import org.jspecify.annotations.NullMarked;
