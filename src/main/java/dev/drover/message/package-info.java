/**
 * The vocabulary of an ext_proc stream: what Envoy tells, what Drover answers, header and body
 * edits.
 */
@NullMarked
package dev.drover.message;

import org.jspecify.annotations.NullMarked;
