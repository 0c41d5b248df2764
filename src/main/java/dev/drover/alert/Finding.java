package dev.drover.alert;

/**
 * What a rule looked at.
 *
 * @param subject a model, target or budget; empty when it is about all
 * @param value in the rule's unit
 */
public record Finding(String subject, double value) {}
