/** Usage and cost as the ledger has them, summed up for people and spreadsheets. */
@NullMarked
package dev.drover.report;

import org.jspecify.annotations.NullMarked;
