package dev.drover.coordination.redis;

import dev.drover.admission.Admission;
import dev.drover.admission.AdmissionController;
import dev.drover.admission.ApplicableLimits;
import dev.drover.cache.CacheKey;
import dev.drover.cache.CachedResponse;
import dev.drover.config.schema.RedisConfig;
import dev.drover.coordination.Coordinator;
import dev.drover.state.health.HealthRegistry;
import dev.drover.state.stored.ResponseLocation;
import dev.drover.types.PendingReply;
import dev.drover.types.Ticker;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts and remembers together with others in a Redis. Each request is one script and so one round
 * trip. A Redis that is gone, refuses, or takes longer than the bound is not asked again before it
 * has answered within the bound; till then this Drover counts by itself, from what it saw last.
 */
public final class RedisCoordinator implements Coordinator, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisCoordinator.class);

  /**
   * The interval between rounds. The amounts that others have spent are up to this old, and a Redis
   * that is back may be unused for this long.
   */
  private static final Duration EVERY = Duration.ofMillis(500);

  private static final Located NOBODY_ASKED = new Located(Map.of(), false);

  private static final Duration CONNECT = Duration.ofSeconds(1);
  private static final Duration FIRST = Duration.ofSeconds(3);
  private static final int WAITING = 20_000;

  /** A Redis that comes and goes is not worth a line each time. */
  private static final Duration SAY_EVERY = Duration.ofMinutes(1);

  private final RedisConfig config;
  private final Supplier<@Nullable String> password;
  private final AdmissionController controller;
  private final Ticker ticker;
  private final Keys keys;
  private final SharedLocations locations;
  private final String instance = UUID.randomUUID().toString();
  private final Reconciler reconciler;
  private final ClientResources resources;
  private final RedisClient client;
  private final LongAdder together = new LongAdder();
  private final LongAdder alone = new LongAdder();
  private final CountDownLatch tried = new CountDownLatch(1);
  private final Set<PendingAdmission> open = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile @Nullable RedisConnection up;
  private volatile String problem = "";
  private volatile boolean closed;
  private String lastMember = "";
  private long sayAgainAt;
  private long unreadableAgainAt;
  private boolean said;

  private RedisCoordinator(
      RedisConfig config,
      Supplier<@Nullable String> password,
      AdmissionController controller,
      HealthRegistry health,
      boolean fills,
      Ticker ticker) {
    this.config = config;
    this.password = password;
    this.controller = controller;
    this.ticker = ticker;
    this.sayAgainAt = ticker.nanos();
    this.unreadableAgainAt = ticker.nanos();
    this.keys = new Keys(config.prefix());
    this.locations = new SharedLocations(keys);
    this.reconciler = new Reconciler(keys, instance, controller, health, fills, ticker);
    this.resources = ClientResources.builder().nettyCustomizer(ReplyGuard.customizer()).build();
    this.client = RedisClient.create(resources);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(false) // it would send again what may have been done
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(WAITING)
            .socketOptions(SocketOptions.builder().connectTimeout(CONNECT).build())
            .build());
    this.thread = Thread.ofVirtual().name("drover-redis").unstarted(this::run);
  }

  /**
   * Starts, and waits a short while for the first contact; goes on without it if need be.
   *
   * @param password reads the user's password; null when there is none
   * @param controller where requests are admitted when Redis is away
   * @param health takes up what others have found of targets
   * @param fills whether what is only known here to be spent is told as this Drover's own; not
   *     where all know it from a ledger that they share
   */
  public static RedisCoordinator start(
      RedisConfig config,
      Supplier<@Nullable String> password,
      AdmissionController controller,
      HealthRegistry health,
      boolean fills,
      Ticker ticker) {
    RedisCoordinator joint =
        new RedisCoordinator(config, password, controller, health, fills, ticker);
    joint.thread.start();
    try {
      if (!joint.tried.await(FIRST.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("redis: no answer after {} s, counting alone until there is", FIRST.toSeconds());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return joint;
  }

  /** Returns whether requests are counted together with other Drovers now. */
  public boolean up() {
    return up != null;
  }

  /** Requests counted together with others since the start. */
  public long together() {
    return together.sum();
  }

  /** Requests counted by this Drover alone since the start, for Redis was away. */
  public long alone() {
    return alone.sum();
  }

  @Override
  public @Nullable PendingReply<Reply> ask(ApplicableLimits applicable, @Nullable Sought sought) {
    if (applicable.isEmpty() && sought == null) {
      return null;
    }
    PendingAdmission pending =
        new PendingAdmission(keys, instance, controller, applicable, this::ended);
    RedisConnection connection = up;
    if (connection == null) {
      return PendingReply.of(CompletableFuture.completedFuture(alone(pending, applicable)));
    }
    CompletableFuture<ScriptReply> inTime = new CompletableFuture<>();
    connection
        .run(Script.ADMIT, pending.question(connection, sought))
        .whenComplete(
            (reply, error) -> {
              boolean late =
                  error == null ? !inTime.complete(reply) : !inTime.completeExceptionally(error);
              if (late && error == null) {
                pending.notTaken(connection, reply);
              }
            });
    CompletionStage<?> arrived = inTime.orTimeout(config.timeout().toNanos(), TimeUnit.NANOSECONDS);
    return new PendingReply<>() {
      @Override
      public CompletionStage<?> arrived() {
        return arrived;
      }

      @Override
      public Reply take() {
        return taken(pending, applicable, connection, inTime);
      }
    };
  }

  /** Reads the reply, on the thread of whoever asked. */
  private Reply taken(
      PendingAdmission pending,
      ApplicableLimits applicable,
      RedisConnection connection,
      CompletableFuture<ScriptReply> inTime) {
    if (inTime.isCompletedExceptionally()) {
      down(connection, inTime.exceptionNow());
      return alone(pending.again(), applicable);
    }
    ScriptReply reply = inTime.join();
    Reply read;
    try {
      read = pending.replied(connection, reply);
    } catch (RuntimeException e) {
      sayUnreadable(e);
      pending.notTaken(connection, reply);
      return alone(pending.again(), applicable);
    }
    together.increment();
    return entered(pending, read);
  }

  /** Says it once in a while: each request may meet such a reply. */
  private synchronized void sayUnreadable(RuntimeException error) {
    if (ticker.nanos() - unreadableAgainAt >= 0) {
      unreadableAgainAt = ticker.nanos() + SAY_EVERY.toNanos();
      log.error(
          "redis: a reply that cannot be read ({}): what it admitted is given back, and such requests are counted by this Drover alone",
          why(error));
    }
  }

  private Reply alone(PendingAdmission pending, ApplicableLimits applicable) {
    alone.increment();
    return entered(pending, new Reply.Decided(controller.admit(applicable, pending)));
  }

  /** An admission is kept in mind until it is over: another connection may have to hold it. */
  private Reply entered(PendingAdmission pending, Reply reply) {
    if (reply instanceof Reply.Decided(Admission.Result.In _)) {
      open.add(pending);
    }
    return reply;
  }

  private void ended(PendingAdmission pending) {
    open.remove(pending);
    settle(pending);
  }

  /** Settles it, if the connection that holds it is in use; if it will be, {@link #use} does. */
  private void settle(PendingAdmission pending) {
    RedisConnection connection = pending.connection();
    if (connection != null && connection.equals(up) && pending.settling()) {
      send(connection, Script.SETTLE, pending.settlement(connection));
    }
  }

  /** Sends what nobody waits for. A connection that has been given up has nothing to settle. */
  private void send(RedisConnection connection, Script script, Arguments arguments) {
    if (connection == up) {
      connection
          .run(script, arguments)
          .whenComplete(
              (_, error) -> {
                if (error != null) {
                  down(connection, error);
                }
              });
    }
  }

  @Override
  public void keep(CacheKey key, CachedResponse answer, long ttlNanos) {
    RedisConnection connection = up;
    if (connection != null) {
      Arguments arguments =
          new Arguments()
              .key(keys.answer(key))
              .number(Math.max(1, TimeUnit.NANOSECONDS.toMillis(ttlNanos)))
              .text("source")
              .text(answer.source())
              .text("stream")
              .text(answer.stream() ? "1" : "0")
              .text("type")
              .text(answer.contentType())
              .text("target")
              .text(answer.target())
              .text("model")
              .text(answer.providerModel())
              .text("cost")
              .number(answer.cost().value())
              .text("body")
              .bytes(answer.body().toArray());
      send(connection, Script.KEEP, arguments);
    }
  }

  @Override
  public PendingReply<Located> locate(List<String> ids) {
    RedisConnection connection = up;
    if (connection == null) {
      return PendingReply.of(CompletableFuture.completedFuture(NOBODY_ASKED));
    }
    CompletableFuture<Located> found =
        connection
            .run(Script.LOCATE, locations.asking(ids))
            .thenApply(reply -> new Located(SharedLocations.read(ids, reply), true))
            .orTimeout(config.timeout().toNanos(), TimeUnit.NANOSECONDS)
            .exceptionally(
                error -> {
                  down(connection, error);
                  return NOBODY_ASKED;
                });
    return PendingReply.of(found);
  }

  @Override
  public void remember(String id, ResponseLocation location, long ttlMillis) {
    RedisConnection connection = up;
    if (connection != null) {
      send(connection, Script.REMEMBER, locations.telling(id, location, ttlMillis));
    }
  }

  @Override
  public void forget(String id) {
    RedisConnection connection = up;
    if (connection != null) {
      send(connection, Script.FORGET, new Arguments().key(keys.response(id)));
    }
  }

  private void run() {
    RedisConnection connection = null;
    while (!closed) {
      try {
        connection = round(connection);
      } catch (ExecutionException | TimeoutException | RuntimeException e) {
        down(connection, e);
        close(connection);
        connection = null;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        break;
      }
      tried.countDown();
      try {
        Thread.sleep(EVERY);
      } catch (InterruptedException _) {
        break;
      }
    }
    if (connection != null) {
      connection.leave(keys);
      connection.close();
    }
    client.shutdown(Duration.ZERO, CONNECT);
    var _ = resources.shutdown(0, CONNECT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private RedisConnection round(@Nullable RedisConnection before)
      throws ExecutionException, TimeoutException, InterruptedException {
    RedisConnection connection = before;
    if (connection == null || !connection.isGood()) {
      close(connection);
      connection = RedisConnection.open(client, uri(), CONNECT);
    }
    long took = reconciler.round(connection);
    if (connection != up) {
      if (took > config.timeout().toNanos()) {
        down(connection, new TimeoutException("it takes " + took / 1_000_000 + " ms"));
        return connection;
      }
      use(connection);
    }
    return connection;
  }

  /** Starts to count requests over this connection, including those in flight. */
  private void use(RedisConnection connection)
      throws ExecutionException, TimeoutException, InterruptedException {
    HeldReservations held = new HeldReservations();
    List<PendingAdmission> moved = List.copyOf(open);
    moved.forEach(pending -> pending.moveTo(connection, held));
    connection
        .run(Script.ENTER, held.arguments(keys, connection, lastMember))
        .get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
    lastMember = connection.member();
    up(connection);
    moved.stream().filter(PendingAdmission::isOver).forEach(this::settle); // it ended meanwhile
  }

  private synchronized void up(RedisConnection connection) {
    if (!connection.isGood()) {
      return;
    }
    if (problem.isEmpty() || said) {
      log.info("redis: counting together with others by {}", config.url());
    }
    said = false;
    problem = "";
    up = connection;
  }

  private static void close(@Nullable RedisConnection connection) {
    if (connection != null) {
      connection.close();
    }
  }

  private RedisURI uri() {
    RedisURI uri = RedisURI.create(config.url());
    String secret = password.get();
    if (secret != null) {
      uri.setCredentialsProvider(
          new StaticCredentialsProvider(config.user(), secret.toCharArray()));
    }
    uri.setTimeout(CONNECT);
    uri.setClientName("drover");
    return uri;
  }

  /** Gives up a connection and, unless another one is in use, lets this Drover count by itself. */
  private synchronized void down(@Nullable RedisConnection connection, Throwable error) {
    if (connection != null) {
      connection.giveUp();
    }
    if (up != null && connection != up) {
      return; // an old connection's end is no news
    }
    up = null;
    if (problem.isEmpty() && ticker.nanos() - sayAgainAt >= 0) {
      said = true;
      sayAgainAt = ticker.nanos() + SAY_EVERY.toNanos();
      log.warn(
          "redis: {}: counting alone until it answers within {} ms",
          why(error),
          config.timeout().toMillis());
    }
    problem = why(error);
  }

  private static String why(Throwable error) {
    if (error instanceof TimeoutException && error.getMessage() == null) {
      return "no answer in time";
    }
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  @Override
  public void close() {
    closed = true;
    up = null;
    thread.interrupt();
    try {
      thread.join(CONNECT.plus(CONNECT));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
