/** AWS's event streams: binary frames with headers and checksums. */
@NullMarked
package dev.drover.dialect.eventstream;

import org.jspecify.annotations.NullMarked;
