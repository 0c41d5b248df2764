package dev.drover.routing;

import dev.drover.catalog.Target;

/**
 * A target that was not a candidate.
 *
 * @param detail what was asked and what there is, such as {@code 9000 tokens (window: 8192)}
 * @param waitNanos when it might be one again; 0 when that is not a matter of time
 */
public record Exclusion(Target target, Reason reason, String detail, long waitNanos) {
  @Override
  public String toString() {
    return target.name() + ": " + reason.label() + (detail.isEmpty() ? "" : " (" + detail + ")");
  }
}
