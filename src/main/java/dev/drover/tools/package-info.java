/**
 * Programs beside the server, in a jar of their own: stand-in, fake providers, load generator,
 * demo.
 */
@NullMarked
package dev.drover.tools;

import org.jspecify.annotations.NullMarked;
