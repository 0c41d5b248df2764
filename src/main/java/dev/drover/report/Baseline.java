package dev.drover.report;

import dev.drover.catalog.Price;

/** Whose prices savings are measured against. */
public record Baseline(String name, Price price) {}
