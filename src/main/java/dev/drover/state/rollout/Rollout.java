package dev.drover.state.rollout;

import dev.drover.record.Outcome;
import dev.drover.state.rollout.RolloutState.Status;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/**
 * A gradual move of a model from its old targets to a new one.
 *
 * <pre>
 *              stage passed                    last stage passed
 *   RUNNING ──────────────────► RUNNING (next) ─────────────────► DONE
 *     │  ▲ ╲  manual: WAITING ──promote──►                          │
 *     │  │  ╲ pause: PAUSED ──resume──►                             │
 *     │  └────────────── restart ─────────────────┐                 │
 *     └──── a gate fails, or by hand ──────► ROLLED_BACK ◄── by hand┘
 * </pre>
 *
 * <p>A cohort is in when the hash of its name is below the stage's share: as the share grows, those
 * in stay in. Thread-safe: the state is one immutable value swapped by compare-and-set.
 */
public final class Rollout {
  /**
   * Bad attempts below which no gate closes a stage: one in the first ten would otherwise be ten
   * times too many.
   */
  private static final long TOO_FEW_TO_TELL = 2;

  private static final double ONE_PERCENT = 0.01;
  private static final int PARTS = 10_000;

  /** The commands that a person can give to a rollout. */
  public enum Command {
    PROMOTE,
    PAUSE,
    RESUME,
    ROLLBACK,
    RESTART;

    /** Lower case, as typed. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A listener for changes of stage or status, called on the thread that makes the change. */
  @FunctionalInterface
  public interface Listener {
    void changed(String model, RolloutSettings settings, RolloutState state);
  }

  private final String model;
  private final RolloutSettings settings;
  private final InstantSource wall;
  private final Listener listener;
  private final AtomicReference<RolloutState> state;

  Rollout(
      String model,
      RolloutSettings settings,
      RolloutState start,
      InstantSource wall,
      Listener listener) {
    this.model = model;
    this.settings = settings;
    this.wall = wall;
    this.listener = listener;
    this.state = new AtomicReference<>(start);
  }

  public RolloutSettings settings() {
    return settings;
  }

  public RolloutState state() {
    return state.get();
  }

  /** The new target's share now, in percent. */
  public int percent() {
    RolloutState s = state.get();
    return switch (s.status()) {
      case DONE -> 100;
      case ROLLED_BACK -> 0;
      case RUNNING, WAITING, PAUSED -> settings.stages().get(s.stage());
    };
  }

  /** Returns whether requests of a cohort go to the new target now. */
  public boolean includes(String cohort) {
    return part(cohort) < percent() * (PARTS / 100);
  }

  /**
   * Returns the position of a cohort, 0 to 9999, which never changes for the same model and target.
   */
  private int part(String cohort) {
    CRC32C sum = new CRC32C();
    sum.update((model + '\n' + settings.target() + '\n' + cohort).getBytes(StandardCharsets.UTF_8));
    return (int) (sum.getValue() % PARTS);
  }

  /**
   * Takes the outcome of an attempt at the new target.
   *
   * @param latencyNanos time to the answer's headers; negative when there were none
   */
  public void report(Outcome outcome, long latencyNanos) {
    boolean outrunLate = outcome == Outcome.OUTRUN && latencyNanos > settings.maxP99Nanos();
    if (outcome.counts() || outrunLate) {
      change(s -> judged(counted(s, outcome, latencyNanos)));
    }
  }

  private RolloutState counted(RolloutState s, Outcome outcome, long latencyNanos) {
    boolean guarded = s.status() != Status.DONE && s.status() != Status.ROLLED_BACK;
    boolean late = latencyNanos > settings.maxP99Nanos();
    return guarded ? s.plus(outcome.failed(), late, outcome == Outcome.TIMEOUT) : s;
  }

  private RolloutState judged(RolloutState s) {
    return switch (s.status()) {
      case DONE, ROLLED_BACK -> s;
      case PAUSED -> guarded(s);
      case RUNNING, WAITING -> {
        RolloutState after = guarded(s);
        boolean goesOn = after.equals(s) && (settings.automatic() || s.status() == Status.RUNNING);
        yield goesOn && passed(s) ? next(s, settings.automatic()) : after;
      }
    };
  }

  /** Rolls back when a gate has failed. */
  private RolloutState guarded(RolloutState s) {
    if (s.errors() > allowed(s, settings.maxErrorRate())) {
      return back(s, "errors: %d of %d attempts".formatted(s.errors(), s.requests()));
    }
    if (s.slow() > allowed(s, ONE_PERCENT)) {
      return back(
          s,
          "P99: %d of %d answers took longer than %d ms"
              .formatted(s.slow(), s.requests(), settings.maxP99Nanos() / 1_000_000));
    }
    int timeouts = s.timeouts().count();
    return timeouts > settings.maxTimeoutRate() * 100
        ? back(s, "timeouts: " + timeouts + " of the last 100 attempts")
        : s;
  }

  private RolloutState back(RolloutState s, String why) {
    return s.with(Status.ROLLED_BACK, why);
  }

  private static double allowed(RolloutState s, double rate) {
    return rate == 0 ? 0 : Math.max((double) TOO_FEW_TO_TELL, rate * s.requests());
  }

  private boolean passed(RolloutState s) {
    return s.requests() >= settings.minRequests()
        && wall.millis() - s.sinceMillis() >= settings.stageMillis()
        && s.errors() <= settings.maxErrorRate() * s.requests()
        && s.slow() <= ONE_PERCENT * s.requests();
  }

  private RolloutState next(RolloutState s, boolean onward) {
    if (!onward) {
      return s.with(Status.WAITING, "passed its gates");
    }
    int stage = s.stage() + 1;
    return stage < settings.stages().size()
        ? RolloutState.at(Status.RUNNING, stage, wall.millis(), "promoted")
        : s.with(Status.DONE, "passed its last stage");
  }

  /**
   * Does what a person asks for.
   *
   * @throws IllegalStateException when it makes no sense in the present state; the message says so
   */
  public void command(Command command) {
    change(s -> commanded(s, command));
  }

  private RolloutState commanded(RolloutState s, Command command) {
    boolean over = s.status() == Status.DONE || s.status() == Status.ROLLED_BACK;
    boolean fits =
        switch (command) {
          case PROMOTE -> !over;
          case PAUSE -> s.status() == Status.RUNNING || s.status() == Status.WAITING;
          case RESUME -> s.status() == Status.PAUSED;
          case ROLLBACK -> s.status() != Status.ROLLED_BACK;
          case RESTART -> true;
        };
    if (!fits) {
      throw new IllegalStateException(
          "rollout of model %s: %s, so it cannot %s"
              .formatted(model, s.status().label(), command.label()));
    }
    return switch (command) {
      case PROMOTE -> next(s, true);
      case PAUSE -> s.with(Status.PAUSED, "by hand");
      case RESUME -> s.with(Status.RUNNING, "by hand");
      case ROLLBACK -> back(s, "by hand");
      case RESTART -> RolloutState.at(Status.RUNNING, 0, wall.millis(), "by hand");
    };
  }

  private void change(UnaryOperator<RolloutState> step) {
    RolloutState before;
    RolloutState after;
    do {
      before = state.get();
      after = step.apply(before);
    } while (!state.compareAndSet(before, after));
    if (before.status() != after.status() || before.stage() != after.stage()) {
      listener.changed(model, settings, after);
    }
  }
}
