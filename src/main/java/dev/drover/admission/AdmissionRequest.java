package dev.drover.admission;

import dev.drover.record.Caller;
import java.util.Map;

/**
 * What a request needs to be admitted. Immutable.
 *
 * @param model the configured model's name
 * @param tags that policies give it
 * @param tokens expected of prompt and answer
 * @param costNanos what it is expected to cost at its model's dearest target, in nano-dollars
 */
public record AdmissionRequest(
    Caller caller, String model, Map<String, String> tags, long tokens, long costNanos) {}
