/**
 * The life of one request: the state machine, its phases, and the frozen ruleset it runs against.
 */
@NullMarked
package dev.drover.exchange;

import org.jspecify.annotations.NullMarked;
