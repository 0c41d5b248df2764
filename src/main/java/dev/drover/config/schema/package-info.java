/** Records of the config file, one component a key, and what their values may look like. */
@NullMarked
package dev.drover.config.schema;

import org.jspecify.annotations.NullMarked;
