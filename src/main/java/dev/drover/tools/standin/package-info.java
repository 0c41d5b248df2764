/**
 * A local stand-in for Envoy, and fake providers behind it: an HTTP proxy that reads a rendered
 * bootstrap and speaks ext_proc as Envoy does. For laptops and tests; never kinder than Envoy.
 */
@NullMarked
package dev.drover.tools.standin;

import org.jspecify.annotations.NullMarked;
