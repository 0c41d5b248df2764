package dev.drover.routing.policy;

/**
 * A condition that has no answer for some request, such as one that reads a header which is not
 * there. Carries no values of the request.
 */
public final class PolicyFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  PolicyFailure(String policy, Throwable cause) {
    super(
        "policy %s: its condition cannot be decided for this request (expected: true or false; a header is to be tested with `in` first)"
            .formatted(policy),
        cause);
  }
}
