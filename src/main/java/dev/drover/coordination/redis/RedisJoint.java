package dev.drover.coordination.redis;

import dev.drover.admission.Admission;
import dev.drover.admission.Claim;
import dev.drover.admission.Desk;
import dev.drover.cache.CacheKey;
import dev.drover.cache.CachedAnswer;
import dev.drover.config.schema.RedisConfig;
import dev.drover.coordination.Joint;
import dev.drover.state.health.HealthRegistry;
import dev.drover.types.PendingReply;
import dev.drover.types.Ticker;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.StaticCredentialsProvider;
import java.time.Duration;
import java.util.List;
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
public final class RedisJoint implements Joint, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisJoint.class);

  /** How old what others have spent may be, and how long a Redis that is back may be left alone. */
  private static final Duration EVERY = Duration.ofMillis(500);

  private static final Duration CONNECT = Duration.ofSeconds(1);
  private static final Duration FIRST = Duration.ofSeconds(3);
  private static final int WAITING = 20_000;

  /** A Redis that comes and goes is not worth a line each time. */
  private static final Duration SAY_EVERY = Duration.ofMinutes(1);

  private final RedisConfig config;
  private final Supplier<@Nullable String> password;
  private final Desk desk;
  private final Ticker ticker;
  private final Keys keys;
  private final String instance = UUID.randomUUID().toString();
  private final Sync sync;
  private final RedisClient client;
  private final LongAdder together = new LongAdder();
  private final LongAdder alone = new LongAdder();
  private final CountDownLatch tried = new CountDownLatch(1);
  private final Set<Asking> open = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile @Nullable Link up;
  private volatile String problem = "";
  private volatile boolean closed;
  private String lastMember = "";
  private long sayAgainAt;
  private boolean said;

  private RedisJoint(
      RedisConfig config,
      Supplier<@Nullable String> password,
      Desk desk,
      HealthRegistry health,
      boolean fills,
      Ticker ticker) {
    this.config = config;
    this.password = password;
    this.desk = desk;
    this.ticker = ticker;
    this.sayAgainAt = ticker.nanos();
    this.keys = new Keys(config.prefix());
    this.sync = new Sync(keys, instance, desk, health, fills, ticker);
    this.client = RedisClient.create();
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
   * @param desk where requests are admitted when Redis is away
   * @param health takes up what others have found of targets
   * @param fills whether what is only known here to be spent is told as this Drover's own; not
   *     where all know it from a ledger that they share
   */
  public static RedisJoint start(
      RedisConfig config,
      Supplier<@Nullable String> password,
      Desk desk,
      HealthRegistry health,
      boolean fills,
      Ticker ticker) {
    RedisJoint joint = new RedisJoint(config, password, desk, health, fills, ticker);
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

  /** Whether requests are counted together with others now. */
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
  public @Nullable PendingReply<Reply> ask(Claim claim, @Nullable Sought sought) {
    if (claim.isEmpty() && sought == null) {
      return null;
    }
    Asking asking = new Asking(keys, instance, desk, claim, this::ended);
    Link link = up;
    if (link == null) {
      return PendingReply.of(CompletableFuture.completedFuture(alone(asking, claim)));
    }
    CompletableFuture<dev.drover.coordination.redis.Reply> inTime = new CompletableFuture<>();
    link.run(Script.ADMIT, asking.question(link, sought))
        .whenComplete(
            (reply, error) -> {
              boolean late =
                  error == null ? !inTime.complete(reply) : !inTime.completeExceptionally(error);
              if (late && error == null) {
                asking.notTaken(link, reply);
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
        return taken(asking, claim, link, inTime);
      }
    };
  }

  /** Reads the reply, on the thread of whoever asked. */
  private Reply taken(
      Asking asking,
      Claim claim,
      Link link,
      CompletableFuture<dev.drover.coordination.redis.Reply> inTime) {
    if (inTime.isCompletedExceptionally()) {
      down(link, inTime.exceptionNow());
      return alone(asking.again(), claim);
    }
    dev.drover.coordination.redis.Reply reply = inTime.join();
    Reply read;
    try {
      read = asking.replied(link, reply);
    } catch (RuntimeException e) {
      log.error("redis: a reply that cannot be read: what it admitted is given back", e);
      asking.notTaken(link, reply);
      return alone(asking.again(), claim);
    }
    together.increment();
    return entered(asking, read);
  }

  private Reply alone(Asking asking, Claim claim) {
    alone.increment();
    return entered(asking, new Reply.Decided(desk.admit(claim, asking)));
  }

  /** An admission is kept in mind until it is over: another connection may have to hold it. */
  private Reply entered(Asking asking, Reply reply) {
    if (reply instanceof Reply.Decided(Admission.Result.In _)) {
      open.add(asking);
    }
    return reply;
  }

  private void ended(Asking asking) {
    open.remove(asking);
    settle(asking);
  }

  /** Settles it, if the connection that holds it is in use; if it will be, {@link #use} does. */
  private void settle(Asking asking) {
    Link link = asking.link();
    if (link != null && link.equals(up) && asking.settling()) {
      send(link, Script.SETTLE, asking.settlement(link));
    }
  }

  /** Sends what nobody waits for. A connection that has been given up has nothing to settle. */
  private void send(Link link, Script script, Arguments arguments) {
    if (link == up) {
      link.run(script, arguments)
          .whenComplete(
              (_, error) -> {
                if (error != null) {
                  down(link, error);
                }
              });
    }
  }

  @Override
  public void keep(CacheKey key, CachedAnswer answer, long ttlNanos) {
    Link link = up;
    if (link != null) {
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
      send(link, Script.KEEP, arguments);
    }
  }

  private void run() {
    Link link = null;
    while (!closed) {
      try {
        link = round(link);
      } catch (ExecutionException | TimeoutException | RuntimeException e) {
        down(link, e);
        close(link);
        link = null;
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
    if (link != null) {
      link.leave(keys);
      link.close();
    }
    client.shutdown(Duration.ZERO, CONNECT);
  }

  private Link round(@Nullable Link before)
      throws ExecutionException, TimeoutException, InterruptedException {
    Link link = before;
    if (link == null || !link.isGood()) {
      close(link);
      link = Link.open(client, uri(), CONNECT);
    }
    long took = sync.round(link);
    if (link != up) {
      if (took > config.timeout().toNanos()) {
        down(link, new TimeoutException("it takes " + took / 1_000_000 + " ms"));
        return link;
      }
      use(link);
    }
    return link;
  }

  /** From now on requests are counted over this connection, those under way included. */
  private void use(Link link) throws ExecutionException, TimeoutException, InterruptedException {
    Holdings holdings = new Holdings();
    List<Asking> moved = List.copyOf(open);
    moved.forEach(asking -> asking.moveTo(link, holdings));
    link.run(Script.ENTER, holdings.arguments(keys, link, lastMember))
        .get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
    lastMember = link.member();
    up(link);
    moved.stream().filter(Asking::isOver).forEach(this::settle); // it ended meanwhile
  }

  private synchronized void up(Link link) {
    if (!link.isGood()) {
      return;
    }
    if (problem.isEmpty() || said) {
      log.info("redis: counting together with others by {}", config.url());
    }
    said = false;
    problem = "";
    up = link;
  }

  private static void close(@Nullable Link link) {
    if (link != null) {
      link.close();
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

  /** From now on this Drover counts by itself. */
  private synchronized void down(@Nullable Link link, Throwable error) {
    if (link != null) {
      link.giveUp();
    }
    if (up != null && link != up) {
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
