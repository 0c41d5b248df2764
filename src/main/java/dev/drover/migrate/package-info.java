/** Turns what other gateways are configured with into Drover's own files. */
@NullMarked
package dev.drover.migrate;

import org.jspecify.annotations.NullMarked;
