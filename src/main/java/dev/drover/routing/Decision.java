package dev.drover.routing;

import dev.drover.admission.QuotaReservation;
import dev.drover.catalog.Plan;
import dev.drover.catalog.Target;
import dev.drover.record.DecisionSummary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The decision on a request: the targets it goes to, or the reason why it is refused. */
public sealed interface Decision extends DecisionSummary {
  /**
   * A decision to send the request to the targets of a plan.
   *
   * @param ranked the candidates, best first; empty when the decision is not explained
   * @param excluded the targets that were not candidates; empty when the decision is not explained
   * @param trace the basis of the decision
   * @param trials fallbacks whose trial this request has claimed; to be given back if not used
   * @param reservation the place taken in the primary's quota, to be given back if not used; null
   *     when there is none
   * @param shadow the target that gets a copy of the request, or null
   */
  record Forward(
      Plan plan,
      List<Candidate> ranked,
      List<Exclusion> excluded,
      DecisionTrace trace,
      List<Target> trials,
      @Nullable QuotaReservation reservation,
      @Nullable Target shadow)
      implements Decision {
    @Override
    public Map<String, Object> fields() {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("strategy", trace.strategy());
      fields.put("plan", plan.targets().stream().map(Target::name).toList());
      fields.put("candidates", ranked.stream().map(Candidate::fields).toList());
      fields.put("excluded", excluded.stream().map(Exclusion::toString).toList());
      fields.put("first_because", trace.notes());
      fields.put("shadow", shadow == null ? null : shadow.name());
      return fields;
    }
  }

  /**
   * A decision to refuse the request.
   *
   * @param status 403 when a policy forbids it, 400 when it can never work, 429 when it may work
   *     after a while, 500 when a policy cannot be evaluated, 503 when all targets are unhealthy
   * @param code a stable machine code
   * @param message a sentence that names each target with its reason
   * @param retryAfterSeconds whole seconds after which it may work, or null
   */
  record Refuse(
      int status,
      String code,
      String message,
      @Nullable Long retryAfterSeconds,
      List<Exclusion> excluded)
      implements Decision {
    @Override
    public Map<String, Object> fields() {
      return Map.of("code", code, "excluded", excluded.stream().map(Exclusion::toString).toList());
    }
  }
}
