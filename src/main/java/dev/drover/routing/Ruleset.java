package dev.drover.routing;

import dev.drover.admission.AdmissionController;
import dev.drover.admission.Callers;
import dev.drover.admission.Quota;
import dev.drover.admission.QuotaReservation;
import dev.drover.catalog.Catalog;
import dev.drover.catalog.Model;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Credentials;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.HubRequest;
import dev.drover.dialect.RequestFacts;
import dev.drover.routing.task.Tasks;
import dev.drover.state.RuntimeState;
import dev.drover.state.affinity.SessionKey;
import dev.drover.state.affinity.Sessions;
import dev.drover.state.stored.ResponseLocation;
import dev.drover.types.Bytes;
import dev.drover.types.Ticker;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Everything compiled from one version of the config. Immutable.
 *
 * @param version counts loads from 1
 * @param catalog what can be asked for and who can answer
 * @param callers tells who asks
 * @param controller how much they may ask for and spend
 * @param tasks tells what kind of task a request is
 * @param sessions tells conversations apart
 * @param router decides
 * @param fallbacks whether there is an upstream-level filter, so that other targets can be tried
 * @param maxBodyBytes the largest request body
 * @param heldBytes the most bytes that are held for requests under way
 */
public record Ruleset(
    int version,
    Catalog catalog,
    Callers callers,
    AdmissionController controller,
    Tasks tasks,
    Sessions sessions,
    Router router,
    boolean fallbacks,
    long maxBodyBytes,
    long heldBytes) {
  /**
   * Compiles a sound config.
   *
   * @param credentials outlives the ruleset
   * @param state outlives the ruleset
   */
  public static Ruleset compile(
      int version,
      GatewayConfig config,
      Credentials credentials,
      RuntimeState state,
      Ticker ticker,
      InstantSource wall) {
    Catalog catalog = Catalog.compile(config, credentials);
    Tasks tasks = Tasks.compile(config.tasks());
    return new Ruleset(
        version,
        catalog,
        Callers.compile(config),
        state.controller(),
        tasks,
        state.sessions(),
        Router.compile(config, catalog, tasks, state, ticker, wall),
        config.envoy().fallbacks(),
        config.envoy().maxBody().bytes(),
        config.memory().heldBytes(Runtime.getRuntime().maxMemory()));
  }

  /** Returns the estimates for requests to this ruleset's targets. */
  public Estimates estimates() {
    return router.estimates();
  }

  /**
   * A request as the decision sees it.
   *
   * @param client the API that the client speaks
   * @param body what {@code facts} were read from
   * @param storedAt where the responses are stored that it refers to, or null
   */
  public RoutingRequest routingRequest(
      String id,
      ClientApi client,
      Model model,
      RequestFacts facts,
      Bytes body,
      RoutingHints hints,
      Origin origin,
      @Nullable ResponseLocation storedAt) {
    String task = hints.task() == null ? tasks.classify(facts, body) : hints.task();
    return new RoutingRequest(
        id,
        model,
        facts,
        hints,
        task,
        session(model, facts, body, hints, origin),
        origin,
        storedAt,
        model.speaks(client) && facts.bodyApi() == null
            ? null
            : new Translatable(client, facts, new HubRequest(client, facts, body), model.strict()));
  }

  /**
   * A place in a target's quota, taken whether there is room or not: the provider counts the
   * attempt in any case. Null when the target has no quota.
   */
  public @Nullable QuotaReservation placeAt(Target target, RoutingRequest routingRequest) {
    Quota quota = controller.quotas().ofTarget(target.name());
    if (quota == null) {
      return null;
    }
    QuotaReservation reservation =
        new QuotaReservation(quota, estimates().expectedTokens(target, routingRequest));
    quota.count(reservation.tokens());
    return reservation;
  }

  private @Nullable SessionKey session(
      Model model, RequestFacts facts, Bytes body, RoutingHints hints, Origin origin) {
    boolean gains =
        model.affinity()
            && sessions.worth(facts.promptBytes())
            && model.targets().stream().anyMatch(target -> target.price().cachesCheaper());
    if (!gains) {
      return null;
    }
    return hints.session() != null
        ? sessions.named(origin.caller().identity(), hints.session())
        : sessions.begun(origin.caller().identity(), facts.prompt(), body);
  }
}
