package dev.drover.migrate;

import java.util.List;

/**
 * The result of migrating a file.
 *
 * @param yaml Drover's file
 * @param notes remarks on settings that have no counterpart or should be looked at
 */
public record Migrated(String yaml, List<String> notes) {}
