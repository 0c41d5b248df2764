package dev.drover.exchange;

import dev.drover.catalog.Plan;
import dev.drover.catalog.Target;
import dev.drover.message.HeaderEdits;
import dev.drover.types.Bytes;
import dev.drover.types.Wire;
import java.util.List;

/** The router level's changes to the headers of a request that goes on. */
final class Forwarding {
  private Forwarding() {}

  static HeaderEdits edits(Journey journey, List<Bytes> body) {
    Plan plan = journey.plan();
    HeaderEdits.Builder edits = new HeaderEdits.Builder();
    long timeout = journey.facts().stream() ? 0 : journey.model().timeoutMillis();
    edits.set("x-envoy-upstream-rq-timeout-ms", timeout);
    edits.set("x-envoy-upstream-rq-per-try-timeout-ms", journey.perTryMillis());
    if (journey.hedged()) {
      edits.set("x-envoy-hedge-on-per-try-timeout", "true");
    }
    Call call = journey.call();
    if (!call.ruleset().fallbacks()) {
      Attempt only = journey.attempts().getFirst();
      TargetHeaders.add(edits, plan.primary(), call.endpoint(), call.query(), only.key());
      edits.add(call.trace().passOn(only.spanId()));
    } else {
      edits.add(call.trace().passOn(call.trace().spanId()));
    }
    Target shadow = journey.decision().shadow();
    if (shadow != null) {
      edits.set(Wire.SHADOW_HEADER, shadow.shadowCluster());
      edits.set(Wire.EXCHANGE_HEADER, journey.id());
    }
    edits.set("x-envoy-max-retries", plan.targets().size() - 1);
    edits.set(Wire.PLAN_HEADER, plan.cluster());
    edits.set("content-length", Bytes.length(body));
    return edits.build();
  }
}
