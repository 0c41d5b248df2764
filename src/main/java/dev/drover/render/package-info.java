/** The config as files for the data plane. Text out; nothing is started or contacted. */
@NullMarked
package dev.drover.render;

import org.jspecify.annotations.NullMarked;
