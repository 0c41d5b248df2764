package dev.drover.dialect;

/**
 * Describes the model that a request goes to. Immutable.
 *
 * @param model the provider's name for it
 * @param defaultMaxOutput the bound on generated tokens where the client gives none and the API
 *     wants one; above 0
 * @param streamUsage whether a stream can be asked for usage
 */
public record TargetModel(String model, long defaultMaxOutput, boolean streamUsage) {}
