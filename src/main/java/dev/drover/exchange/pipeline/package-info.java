/** The steps that take a request to a plan, for the server and for explanations. */
@NullMarked
package dev.drover.exchange.pipeline;

import org.jspecify.annotations.NullMarked;
