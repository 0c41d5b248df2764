/**
 * Reads and writes ext_proc messages as bytes; the only package that knows protobuf's wire form of
 * them.
 */
@NullMarked
package dev.drover.extproc.codec;

import org.jspecify.annotations.NullMarked;
