package dev.drover.alert;

/**
 * A value that a rule has found for one subject.
 *
 * @param subject a model, target or budget; empty when it is about all
 * @param value in the rule's unit
 */
public record Finding(String subject, double value) {}
