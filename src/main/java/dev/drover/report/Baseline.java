package dev.drover.report;

import dev.drover.catalog.Price;

/** The prices that savings are measured against. */
public record Baseline(String name, Price price) {}
