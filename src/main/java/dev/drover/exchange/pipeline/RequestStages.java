package dev.drover.exchange.pipeline;

import dev.drover.admission.Admission;
import dev.drover.catalog.Model;
import dev.drover.dialect.RequestFacts;
import dev.drover.exchange.account.CacheUse;
import dev.drover.exchange.account.RequestContext;
import dev.drover.routing.Decision;
import dev.drover.routing.RoutingRequest;
import dev.drover.routing.policy.PolicyResult;
import dev.drover.state.stored.ResponseLocation;
import dev.drover.types.Bytes;
import org.jspecify.annotations.Nullable;

/** The data of a request after each step of the {@link RequestPipeline}. All immutable. */
public final class RequestStages {
  private RequestStages() {}

  /** The body has been read. */
  record Parsed(RequestContext request, Bytes body, RequestFacts facts) {}

  /**
   * The stored responses that the request refers to are the caller's.
   *
   * @param storedAt where they are; null when it refers to none
   */
  record Located(Parsed parsed, @Nullable ResponseLocation storedAt) {}

  /** The model is known, and the caller may use it. */
  record Authorized(Located located, Model model) {
    Parsed parsed() {
      return located.parsed();
    }
  }

  /** The policies allow the request. */
  public record Allowed(Parsed parsed, RoutingRequest routing, PolicyResult policy) {
    public RequestContext request() {
      return parsed.request();
    }

    public RequestFacts facts() {
      return parsed.facts();
    }
  }

  /** No stored response will do. */
  public record Missed(Allowed allowed, CacheUse cacheUse) {}

  /** Limits and budgets have room. */
  public record Admitted(Missed missed, Admission admission) {
    public Allowed allowed() {
      return missed.allowed();
    }
  }

  /** The plan is made. */
  public record Routed(Admitted admitted, Decision.Forward decision) {}
}
