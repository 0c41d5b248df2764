package dev.drover.app;

import dev.drover.catalog.Target;
import dev.drover.credential.ProviderCredential;
import dev.drover.record.Outcome;
import dev.drover.routing.Ruleset;
import dev.drover.state.Switches;
import dev.drover.state.health.TargetHealth;
import dev.drover.types.NanoDollars;
import dev.drover.types.Ticker;
import dev.drover.types.Usage;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes targets that have no traffic, each on a virtual thread of its own, so that a silent one
 * holds no other up. A provider that Drover has never reached proves nothing: it may be that only
 * Envoy can.
 */
final class Prober implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Prober.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /** Receives each probe: the label of its outcome, its usage and its cost. */
  @FunctionalInterface
  interface Listener {
    void probed(String target, String outcome, Usage usage, NanoDollars cost);
  }

  private final Supplier<Ruleset> ruleset;
  private final Switches switches;
  private final Listener listener;
  private final Ticker ticker;
  private volatile @Nullable Probe probe;
  private final Set<String> reached = ConcurrentHashMap.newKeySet();
  private final Set<String> warned = ConcurrentHashMap.newKeySet();
  private final Thread thread;

  private Prober(Supplier<Ruleset> ruleset, Switches switches, Listener listener, Ticker ticker) {
    this.ruleset = ruleset;
    this.switches = switches;
    this.listener = listener;
    this.ticker = ticker;
    this.thread = Thread.ofVirtual().name("drover-probe").unstarted(this::run);
  }

  static Prober start(
      Supplier<Ruleset> ruleset, Switches switches, Listener listener, Ticker ticker) {
    Prober prober = new Prober(ruleset, switches, listener, ticker);
    prober.thread.start();
    return prober;
  }

  @Override
  public void close() {
    thread.interrupt();
    Probe used = probe;
    if (used != null) {
      used.close();
    }
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(LOOK_EVERY.toMillis());
        look();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    Ruleset now = ruleset.get();
    for (Target target : now.catalog().targets()) {
      TargetHealth health = now.estimates().health(target);
      boolean on =
          target.enabled()
              && !switches.isOff(target)
              && !target.provider().credentials().unusable();
      if (on && health.probeDue(ticker.nanos())) {
        health.probing(ticker.nanos());
        Probe by = asker();
        Thread.ofVirtual()
            .name("drover-probe-" + target.name())
            .start(() -> probe(by, target, health));
      }
    }
  }

  /** Made when the first probe is due: most installations have none. */
  private Probe asker() {
    Probe known = probe;
    if (known == null) {
      known = new Probe();
      probe = known;
    }
    return known;
  }

  private void probe(Probe by, Target target, TargetHealth health) {
    ProviderCredential key = target.provider().credentials().pick(ticker.nanos());
    try {
      Probe.Result result =
          health.settings().probe().completion()
              ? by.completion(target, key)
              : by.models(target, key);
      listener.probed(
          target.name(),
          result.outcome() == null ? "not_asked" : result.outcome().label(),
          result.usage(),
          result.cost());
      if (result.status() > 0) {
        reached.add(target.name());
      }
      long now = ticker.nanos();
      boolean onlyTheKey =
          result.keyRejected()
              && target
                  .provider()
                  .credentials()
                  .setAside(key, health.settings().keyRestNanos(), now);
      Outcome outcome =
          result.status() > 0 ? health.settings().outcome(result.status()) : result.outcome();
      if (onlyTheKey) {
        log.warn("probe of target {}: a key is rejected and rests: {}", target.name(), key);
      } else if (outcome != null && reached.contains(target.name())) {
        health.probed(outcome, now);
      } else if (warned.add(target.name())) {
        log.warn(
            "probe of target {}: {}: ignored, for Drover itself has not reached it yet",
            target.name(),
            result.detail());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
