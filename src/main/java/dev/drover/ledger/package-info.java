/** The lasting record of every exchange: events, the store they go to, the spool for bad times. */
@NullMarked
package dev.drover.ledger;

import org.jspecify.annotations.NullMarked;
