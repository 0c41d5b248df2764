package dev.drover.migrate;

import java.util.List;

/**
 * What became of a file.
 *
 * @param yaml Drover's file
 * @param notes what has no counterpart, or should be looked at
 */
public record Migrated(String yaml, List<String> notes) {}
