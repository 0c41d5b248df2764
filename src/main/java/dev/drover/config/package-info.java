/**
 * The config file: its shape as records, loading with every problem at once, watching for change.
 */
@NullMarked
package dev.drover.config;

import org.jspecify.annotations.NullMarked;
