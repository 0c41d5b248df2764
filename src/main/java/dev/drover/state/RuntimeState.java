package dev.drover.state;

import dev.drover.admission.AdmissionController;
import dev.drover.admission.Budgets;
import dev.drover.admission.Quotas;
import dev.drover.state.affinity.Sessions;
import dev.drover.state.health.HealthRegistry;
import dev.drover.state.rollout.Rollouts;
import dev.drover.state.stored.ResponseLocations;
import dev.drover.types.Ticker;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** The state that routing keeps beyond one ruleset and over reloads. Thread-safe. */
public record RuntimeState(
    HealthRegistry health,
    Sessions sessions,
    ResponseLocations responses,
    Switches switches,
    Rollouts rollouts,
    AdmissionController controller) {
  /** A memory of nothing, which is kept nowhere. */
  public static RuntimeState fresh(Ticker ticker, InstantSource wall) {
    return new RuntimeState(
        new HealthRegistry(ticker),
        new Sessions(new byte[0], ticker),
        new ResponseLocations(wall),
        new Switches(List.of(), _ -> {}),
        new Rollouts(Map.of(), wall, (_, _, _) -> {}),
        new AdmissionController(new Quotas(ticker), new Budgets(Map.of(), wall), ticker, wall));
  }
}
