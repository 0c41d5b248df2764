package dev.drover.xds;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.XdsConfig;
import dev.drover.types.Seldom;
import dev.drover.types.Ticker;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.controlplane.server.serializer.DefaultProtoResourcesSerializer;
import io.grpc.BindableService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells Envoys their clusters, routes and secrets, over one ADS stream each. Thread-safe.
 *
 * <p>A change is made before it is needed and undone after: new clusters first and beside the old
 * ones, then the routes, and the old clusters go when nobody can ask for them any more. What one
 * Envoy refuses is taken back from all.
 */
public final class ControlPlane implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlPlane.class);
  private static final String ALL = "all";

  /** The time that Envoys get to answer. A silent Envoy must not hold up the others. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** After a restart Envoys ask for requests at once, and for clusters after their back-off. */
  private static final Duration FIRST_COME = Duration.ofSeconds(35);

  /** A change on its way. Guarded by itself. */
  private static final class Change {
    final Resources before;
    Envoys.@Nullable Refusal refusal;

    Change(Resources before) {
      this.before = before;
    }

    synchronized boolean refused() {
      return refusal != null;
    }
  }

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("drover-xds").factory());
  private final SimpleCache<String> cache = new SimpleCache<>(_ -> ALL);
  private final Envoys envoys = new Envoys();
  private final Seldom refusals = new Seldom(Ticker.system(), 20, 20);
  private final AckTracker ackTracker;
  private final DiscoveryService service;
  private volatile @Nullable Change change;
  private final InstantSource wall;
  private final Instant begun;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile Resources told;
  private volatile Resources prepared;
  private volatile Resources needed;
  private volatile boolean waiting;

  /**
   * Has what a config needs ready for who connects.
   *
   * @throws java.io.UncheckedIOException when the CA certificates cannot be read
   */
  public ControlPlane(GatewayConfig config, InstantSource wall) {
    this.wall = wall;
    begun = wall.instant();
    told = Resources.of(config);
    prepared = told;
    needed = told;
    cache.setSnapshot(ALL, told.snapshot());
    ackTracker =
        new AckTracker(
            envoys,
            new AckTracker.Listener() {
              @Override
              public void moved() {
                ControlPlane.this.moved();
              }

              @Override
              public boolean refused(Envoys.Refusal refusal) {
                return ControlPlane.this.refused(refusal);
              }
            },
            wall);
    service =
        new DiscoveryService(
            new V3DiscoveryServer(
                List.of(ackTracker), cache, () -> thread, new DefaultProtoResourcesSerializer()),
            ackTracker,
            thread);
  }

  /** The gRPC service, for the server that Envoys reach. */
  public BindableService service() {
    return service;
  }

  /**
   * Makes Envoys ready for a config. Blocks until those connected have accepted it, or refused, or
   * not answered in time.
   *
   * @return what is wrong in an Envoy's own words; null: nothing, the config may come in force
   * @throws java.io.UncheckedIOException when the CA certificates cannot be read
   */
  public @Nullable String prepare(GatewayConfig config) throws InterruptedException {
    changing.lockInterruptibly();
    try {
      Resources next = Resources.of(config);
      Resources before = told;
      Resources both = next.beside(before);
      Resources routed = both.routed(next.routes());
      if (!routed.versions().equals(before.versions())) {
        Envoys.Refusal refusal = tell(new Change(before), both, routed, settle(config));
        if (refusal != null) {
          return refusal.toString();
        }
      }
      prepared = next;
      waiting = true;
      return null;
    } finally {
      changing.unlock();
    }
  }

  /** Marks the config that was prepared last as in force. */
  public void inForce() {
    needed = prepared;
    waiting = false;
  }

  /** Takes away what only earlier configs needed; not while a change is on its way. */
  public void retire() {
    if (changing.tryLock()) {
      try {
        Resources now = needed;
        if (!waiting && !now.equals(told)) {
          publish(now);
        }
      } finally {
        changing.unlock();
      }
    }
  }

  private static Duration settle(GatewayConfig config) {
    XdsConfig xds = config.server().xds();
    return xds == null ? Duration.ZERO : xds.settle();
  }

  /** Tells one after the other, and waits for what only comes of it: names, certificates. */
  private Envoys.@Nullable Refusal tell(
      Change made, Resources clusters, Resources routes, Duration settle)
      throws InterruptedException {
    change = made;
    try {
      tell(made, clusters);
      tell(made, routes);
      long deadline = System.nanoTime() + settle.toNanos();
      synchronized (made) {
        while (made.refusal == null && deadline - System.nanoTime() > 0) {
          TimeUnit.NANOSECONDS.timedWait(made, deadline - System.nanoTime());
        }
        return made.refusal;
      }
    } finally {
      change = null;
    }
  }

  private void tell(Change made, Resources next) throws InterruptedException {
    Map<String, String> versions = next.versions();
    publish(next);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    synchronized (made) {
      while (made.refusal == null && !behind(versions).isEmpty()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          log.warn("xds: no answer within {} s from {}", PATIENCE.toSeconds(), behind(versions));
          return;
        }
        TimeUnit.NANOSECONDS.timedWait(made, left);
      }
    }
  }

  /**
   * Returns the Envoys that a change waits for. Within 35 s of the start it also waits when none is
   * connected yet.
   */
  private List<String> behind(Map<String, String> versions) {
    Instant now = wall.instant();
    boolean early = begun.plus(FIRST_COME).isAfter(now);
    return envoys.size() == 0 && early
        ? List.of("whoever is on the way")
        : envoys.behind(versions, now);
  }

  private void moved() {
    Change made = change;
    if (made != null) {
      synchronized (made) {
        made.notifyAll();
      }
    }
  }

  /** An Envoy that has refused what is in force does not keep the others from a change. */
  private boolean refused(Envoys.Refusal refusal) {
    long leftOut = refusals.take();
    if (leftOut >= 0) {
      log.error("xds: {}{}", refusal, Seldom.remark(leftOut));
    }
    Change made = change;
    if (!refusal.version().equals(told.versions().get(refusal.type()))) {
      return true; // another one has refused it before
    }
    if (made == null || !refusal.well()) {
      return false;
    }
    synchronized (made) {
      if (made.refusal != null) {
        return true;
      }
      made.refusal = refusal;
      made.notifyAll();
    }
    told = made.before;
    cache.setSnapshot(ALL, told.snapshot());
    return true;
  }

  /** On the thread that all is told on, so that what is told last is what was decided last. */
  private void publish(Resources next) {
    CompletableFuture.runAsync(
            () -> {
              Change made = change;
              if (made != null && made.refused()) {
                return;
              }
              told = next;
              cache.setSnapshot(ALL, next.snapshot());
              ackTracker.offerAgain();
            },
            thread)
        .join();
  }

  /** Envoys connected now. */
  public int connected() {
    return envoys.size();
  }

  /** Returns how many times Envoys have refused resources. */
  public long refused() {
    return envoys.refused();
  }

  /** Returns the connected Envoys, the versions that each has accepted, and the last refusals. */
  public Map<String, Object> page() {
    return envoys.page(told.versions());
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
