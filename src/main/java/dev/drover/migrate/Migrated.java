package dev.drover.migrate;

import java.util.List;

/**
 * The result of migrating a file.
 *
 * @param yaml Drover's file; empty when nothing of the given one could be taken over
 * @param notes remarks on settings that have no counterpart or should be looked at
 * @param modelsLost true when clients could ask for more before
 */
public record Migrated(String yaml, List<String> notes, boolean modelsLost) {}
