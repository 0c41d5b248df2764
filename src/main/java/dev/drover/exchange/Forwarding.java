package dev.drover.exchange;

import dev.drover.catalog.Plan;
import dev.drover.catalog.Target;
import dev.drover.dialect.Operation;
import dev.drover.exchange.account.Attempt;
import dev.drover.exchange.account.FittedRequest;
import dev.drover.exchange.account.RequestContext;
import dev.drover.exchange.account.RoutedExchange;
import dev.drover.message.HeaderEdits;
import dev.drover.types.Wire;
import java.time.Instant;

/** The router level's changes to the headers of a request that goes on. */
final class Forwarding {
  private Forwarding() {}

  static HeaderEdits edits(RoutedExchange exchange, FittedRequest upstream, Instant now) {
    Plan plan = exchange.plan();
    HeaderEdits.Builder edits = new HeaderEdits.Builder();
    boolean stored =
        exchange.facts().operation().kind() == Operation.Kind.STORED; // may be streamed
    boolean unbounded = exchange.facts().stream() || stored;
    long timeout = unbounded ? 0 : exchange.model().timeoutMillis();
    edits.set("x-envoy-upstream-rq-timeout-ms", timeout);
    edits.set("x-envoy-upstream-rq-per-try-timeout-ms", exchange.perTryMillis());
    if (exchange.hedged()) {
      edits.set("x-envoy-hedge-on-per-try-timeout", "true");
    }
    RequestContext request = exchange.request();
    if (!request.ruleset().fallbacks()) {
      Attempt only = exchange.attempts().getFirst();
      TargetHeaders.add(
          edits,
          plan.primary().provider(),
          upstream.whole(),
          only.credential(),
          request.headers(),
          exchange.translation(plan.primary()),
          false,
          now);
      edits.add(request.trace().passOn(only.spanId()));
    } else {
      edits.add(request.trace().passOn(request.trace().spanId()));
    }
    Target shadow = exchange.decision().shadow();
    if (shadow != null) {
      edits.set(Wire.SHADOW_HEADER, shadow.shadowCluster());
      edits.set(Wire.EXCHANGE_HEADER, exchange.id());
    }
    edits.set("x-envoy-max-retries", plan.targets().size() - 1);
    edits.set(Wire.PLAN_HEADER, plan.cluster());
    if (upstream.length() > 0) {
      edits.set("content-length", upstream.length());
    }
    return edits.build();
  }
}
