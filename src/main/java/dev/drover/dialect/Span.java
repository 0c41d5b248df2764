package dev.drover.dialect;

/**
 * A range of bytes of a body.
 *
 * @param from first byte, inclusive
 * @param to last byte, exclusive
 */
public record Span(int from, int to) {}
