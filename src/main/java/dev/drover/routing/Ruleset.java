package dev.drover.routing;

import dev.drover.admission.Callers;
import dev.drover.admission.Desk;
import dev.drover.admission.Hold;
import dev.drover.admission.Quota;
import dev.drover.catalog.Catalog;
import dev.drover.catalog.Model;
import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Secrets;
import dev.drover.dialect.RequestFacts;
import dev.drover.routing.task.Tasks;
import dev.drover.state.Memory;
import dev.drover.state.affinity.SessionKey;
import dev.drover.state.affinity.Sessions;
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
 * @param desk how much they may ask for and spend
 * @param tasks tells what kind of task a request is
 * @param sessions tells conversations apart
 * @param router decides
 * @param fallbacks whether there is an upstream-level filter, so that other targets can be tried
 * @param maxBodyBytes the largest request body
 */
public record Ruleset(
    int version,
    Catalog catalog,
    Callers callers,
    Desk desk,
    Tasks tasks,
    Sessions sessions,
    Router router,
    boolean fallbacks,
    long maxBodyBytes) {
  /**
   * Compiles a sound config.
   *
   * @param secrets outlives the ruleset
   * @param memory outlives the ruleset
   */
  public static Ruleset compile(
      int version,
      GatewayConfig config,
      Secrets secrets,
      Memory memory,
      Ticker ticker,
      InstantSource wall) {
    Catalog catalog = Catalog.compile(config, secrets);
    Tasks tasks = Tasks.compile(config.tasks());
    return new Ruleset(
        version,
        catalog,
        Callers.compile(config),
        memory.desk(),
        tasks,
        memory.sessions(),
        Router.compile(config, catalog, tasks, memory, ticker, wall),
        config.envoy().fallbacks(),
        config.envoy().maxBody().bytes());
  }

  /** What requests are expected to be. */
  public Estimates estimates() {
    return router.estimates();
  }

  /**
   * A request as the decision sees it.
   *
   * @param body what {@code facts} were read from
   */
  public Ask ask(
      String id, Model model, RequestFacts facts, Bytes body, Wishes wishes, Origin origin) {
    String task = wishes.task() == null ? tasks.classify(facts, body) : wishes.task();
    return new Ask(id, model, facts, wishes, task, session(model, facts, body, wishes), origin);
  }

  /**
   * A place in a target's quota, taken whether there is room or not: the provider counts the
   * attempt in any case. Null when the target has no quota.
   */
  public @Nullable Hold placeAt(Target target, Ask ask) {
    Quota quota = desk.quotas().ofTarget(target.name());
    if (quota == null) {
      return null;
    }
    Hold hold = new Hold(quota, estimates().expectedTokens(target, ask));
    quota.count(hold.tokens());
    return hold;
  }

  private @Nullable SessionKey session(Model model, RequestFacts facts, Bytes body, Wishes wishes) {
    boolean gains =
        model.affinity()
            && sessions.worth(facts.promptBytes())
            && model.targets().stream().anyMatch(target -> target.price().cachesCheaper());
    if (!gains) {
      return null;
    }
    return wishes.session() != null
        ? sessions.named(wishes.session())
        : sessions.begun(facts.prompt(), body);
  }
}
