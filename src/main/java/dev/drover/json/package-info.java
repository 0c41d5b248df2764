/** Pull scanner over bytes and byte-range edits; sees one pass, builds no tree. */
@NullMarked
package dev.drover.json;

import org.jspecify.annotations.NullMarked;
