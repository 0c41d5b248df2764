/**
 * Providers, targets, models, prices: the config compiled into immutable, validated, queryable
 * values.
 */
@NullMarked
package dev.drover.catalog;

import org.jspecify.annotations.NullMarked;
