/** Who may do what: rules with CEL conditions. */
@NullMarked
package dev.drover.routing.policy;

import org.jspecify.annotations.NullMarked;
