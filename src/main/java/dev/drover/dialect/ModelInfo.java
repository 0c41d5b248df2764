package dev.drover.dialect;

/**
 * Describes a model as lists of models do. Immutable.
 *
 * @param name the name that clients ask for
 * @param contextWindow tokens that prompt and response may have together at the widest target; 0
 *     when it is unknown
 * @param vision whether some target sees images
 */
public record ModelInfo(String name, int contextWindow, boolean vision) {}
