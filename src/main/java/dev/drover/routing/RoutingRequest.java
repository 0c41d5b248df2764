package dev.drover.routing;

import dev.drover.catalog.Model;
import dev.drover.catalog.Target;
import dev.drover.dialect.RequestFacts;
import dev.drover.state.affinity.SessionKey;
import dev.drover.state.stored.ResponseLocation;
import dev.drover.types.ServiceTier;
import org.jspecify.annotations.Nullable;

/**
 * A request as the decision sees it. Immutable.
 *
 * @param id the exchange's id
 * @param task the class of its task
 * @param session its conversation, or null when there is nothing to gain from knowing
 * @param storedAt where the responses are stored that it refers to; null when it refers to none
 * @param translation the request for targets that speak another API than the client; null when all
 *     of the model's speak the client's
 */
public record RoutingRequest(
    String id,
    Model model,
    RequestFacts facts,
    RoutingHints hints,
    String task,
    @Nullable SessionKey session,
    Origin origin,
    @Nullable ResponseLocation storedAt,
    @Nullable Translatable translation) {
  /** A request for targets that all speak the client's API. */
  public RoutingRequest(
      String id,
      Model model,
      RequestFacts facts,
      RoutingHints hints,
      String task,
      @Nullable SessionKey session,
      Origin origin) {
    this(id, model, facts, hints, task, session, origin, null, null);
  }

  /**
   * Returns the tier that the request asks a target to be served in: the usual one where the target
   * speaks another API, which is not told.
   */
  public ServiceTier tierAt(Target target) {
    boolean told =
        (translation == null
                || (facts.bodyApi() == null && target.provider().speaks(translation.client())))
            && !target.provider().refuses().contains("service_tier");
    return told ? facts.tier() : ServiceTier.STANDARD;
  }

  /**
   * Returns whether a target knows the stored responses that the request refers to: the one that
   * made them, or where the model does not have that one, another of its provider.
   */
  public boolean isStoredAt(Target target) {
    if (storedAt == null) {
      return true;
    }
    boolean has = model.targets().stream().anyMatch(each -> each.name().equals(storedAt.target()));
    return target.provider().name().equals(storedAt.provider())
        && (!has || target.name().equals(storedAt.target()));
  }

  /**
   * Returns the key for choices by share: the session, else the request's id. Equal keys choose
   * alike.
   */
  public String key() {
    return hints.session() == null ? id : named();
  }

  /** A session is its caller's own: who sends the same name has another one. */
  private String named() {
    return origin.caller().identity() + "|" + hints.session();
  }

  /**
   * Returns the cohort that rollouts place the request in: the session, else the caller or
   * workload, else the request's id.
   */
  public String cohort() {
    if (hints.session() != null) {
      return named();
    }
    String caller = origin.caller().identity();
    return !caller.isEmpty() ? caller : !origin.spiffeId().isEmpty() ? origin.spiffeId() : id;
  }
}
