package dev.drover.dialect;

import java.util.Set;

/**
 * Describes the model that a request goes to. Immutable.
 *
 * @param model the provider's name for it
 * @param defaultMaxOutput the bound on generated tokens where the client gives none and the API
 *     wants one; above 0
 * @param streamUsage whether a stream can be asked for usage
 * @param refuses fields of the outermost object of a request that the provider refuses
 */
public record TargetModel(
    String model, long defaultMaxOutput, boolean streamUsage, Set<String> refuses) {
  public TargetModel {
    refuses = Set.copyOf(refuses);
  }
}
