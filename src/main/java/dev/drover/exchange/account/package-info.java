/**
 * The account of one exchange: its context, its attempts, and the one record that is made of them.
 */
@NullMarked
package dev.drover.exchange.account;

import org.jspecify.annotations.NullMarked;
