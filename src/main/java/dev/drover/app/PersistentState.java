package dev.drover.app;

import dev.drover.admission.AdmissionController;
import dev.drover.admission.Budgets;
import dev.drover.admission.Quotas;
import dev.drover.state.RuntimeState;
import dev.drover.state.StateFile;
import dev.drover.state.Switches;
import dev.drover.state.affinity.Sessions;
import dev.drover.state.health.HealthRegistry;
import dev.drover.state.rollout.Rollout;
import dev.drover.state.rollout.Rollouts;
import dev.drover.state.stored.LocationFile;
import dev.drover.state.stored.ResponseLocations;
import dev.drover.types.Ticker;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routing's memory and the file that its lasting part is kept in. Thread-safe; {@link #save} is
 * called now and then, and blocks.
 */
final class PersistentState {
  private static final Logger log = LoggerFactory.getLogger(PersistentState.class);
  private static final String SWITCHED_OFF = "switched_off";
  private static final String ROLLOUTS = "rollouts";
  private static final String BUDGETS = "budgets";
  private static final String ALERTS = "alerts";
  private static final int SALT_BYTES = 16;

  private final StateFile file;
  private final RuntimeState state;
  private volatile @Nullable LocationFile locations;
  private volatile boolean failing;

  PersistentState(StateFile file, Rollout.Listener listener, Ticker ticker, InstantSource wall) {
    this.file = file;
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    this.state =
        new RuntimeState(
            new HealthRegistry(ticker),
            new Sessions(salt, ticker),
            new ResponseLocations(wall),
            new Switches(file.list(SWITCHED_OFF), off -> file.put(SWITCHED_OFF, List.copyOf(off))),
            new Rollouts(
                file.map(ROLLOUTS),
                wall,
                (model, settings, state) -> {
                  log.info(
                      "rollout of model {} to target {}: {} at stage {} of {} ({})",
                      model,
                      settings.target(),
                      state.status().label(),
                      state.stage() + 1,
                      settings.stages().size(),
                      state.reason());
                  listener.changed(model, settings, state);
                  Thread.startVirtualThread(this::save);
                }),
            new AdmissionController(
                new Quotas(ticker), new Budgets(file.map(BUDGETS), wall), ticker, wall));
  }

  RuntimeState state() {
    return state;
  }

  /** Reads where responses are stored; the settings must be in force by now. */
  void readLocations(Path stateDir) {
    locations = LocationFile.open(stateDir, state.responses());
  }

  /** Returns the stored state of alerts; an empty map at first. */
  Map<String, Object> alerts() {
    return file.map(ALERTS);
  }

  /**
   * Keeps what alerts need after a restart.
   *
   * @throws UncheckedIOException when it cannot be stored
   */
  void keepAlerts(Map<String, Object> alerts) {
    file.put(ALERTS, alerts);
  }

  /**
   * Stores how far the rollouts are and what is spent, if that has changed; a failure is logged
   * once.
   *
   * @return whether it is stored
   */
  boolean save() {
    try {
      if (!state.rollouts().all().isEmpty()) {
        file.put(ROLLOUTS, state.rollouts().snapshot());
      }
      if (!state.controller().budgets().all().isEmpty()) {
        file.put(BUDGETS, state.controller().budgets().snapshot());
      }
      LocationFile itsFile = locations;
      if (itsFile != null) {
        itsFile.save();
      }
      failing = false;
      return true;
    } catch (UncheckedIOException e) {
      if (!failing) {
        log.error(
            "{}; rollouts, budgets and stored responses go on, but a restart would set them back",
            e.getMessage());
      }
      failing = true;
      return false;
    }
  }
}
