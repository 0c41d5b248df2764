package dev.drover.ledger;

import dev.drover.admission.Owner;
import dev.drover.admission.Spending;
import dev.drover.config.schema.LedgerConfig;
import dev.drover.record.ExchangeListener;
import dev.drover.record.ExchangeRecord;
import dev.drover.record.ShadowRecord;
import dev.drover.types.NanoDollars;
import dev.drover.types.Seldom;
import dev.drover.types.Ticker;
import dev.drover.types.Usage;
import dev.drover.usage.v1.UsageEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what happened. Exchanges hand their records over without waiting; one thread stores them in
 * batches. While the store is down it writes them to the spool, and when the store is back the
 * spool goes first. An event has one id, so that whatever is written twice counts once.
 */
public final class Ledger implements ExchangeListener, Spending, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);
  private static final long NOTHING_WAITS = Long.MAX_VALUE;
  private static final int QUEUE = 200_000;
  private static final int BATCH = 1_000;
  private static final Duration LINGER = Duration.ofMillis(50);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_BATCH = Duration.ofSeconds(20);

  /** The interval at which spending is read from a store that several Drovers share. */
  private static final Duration READ_EVERY = Duration.ofSeconds(10);

  private static final Duration EXPIRE_EVERY = Duration.ofHours(1);

  /** An event to store, with the time at which it was handed over. */
  private record Entry(Supplier<UsageEvent> event, long sinceNanos) {}

  private final LedgerConfig config;
  private final Path stateDir;
  private final Supplier<@Nullable String> password;
  private final StoreOpening opening;

  /** Requests without a valid key that are kept: at once, and then a minute. */
  private static final int STRANGERS = 100;

  private final Predicate<Spending> reader;
  private final Spool spool;
  private final Ticker ticker;

  /** Requests without a valid key, which anybody can send as often as they like. */
  private final Seldom strangers;

  private final InstantSource wall;
  private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE);
  private final AtomicLong recorded = new AtomicLong();
  private final AtomicLong spooled = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final Insertion insertion = new Insertion(recorded, lost);
  private final CountDownLatch tried = new CountDownLatch(1);
  private final Thread thread;
  private volatile String problem = "";
  private volatile boolean diskRefuses;
  private volatile @Nullable Store store;
  private volatile long waitingSince = NOTHING_WAITS;
  private volatile boolean closing;
  private volatile boolean readAgain = true;
  private long readAt;
  private long readRetryAt;
  private long retryAt;
  private long expireAt;

  private Ledger(
      LedgerConfig config,
      Path stateDir,
      Supplier<@Nullable String> password,
      Predicate<Spending> reader,
      Ticker ticker,
      InstantSource wall)
      throws IOException {
    this.config = config;
    this.stateDir = stateDir;
    this.password = password;
    this.opening = new StoreOpening(() -> Store.open(config, stateDir, password.get()));
    this.reader = reader;
    this.spool = new Spool(stateDir.resolve("spool"), config.spoolMax().bytes());
    this.ticker = ticker;
    this.strangers = new Seldom(ticker, STRANGERS, STRANGERS);
    this.wall = wall;
    this.retryAt = ticker.nanos();
    this.expireAt = retryAt;
    this.readAt = retryAt;
    this.readRetryAt = retryAt;
    this.thread = Thread.ofPlatform().name("drover-ledger").daemon().unstarted(this::run);
  }

  /**
   * Starts, and waits until the store is open and has what an earlier run had left on disk, or has
   * turned out to be down, but no longer than a given time.
   *
   * @param password reads the password of the PostgreSQL role; null when there is none
   * @param reader takes up what the store has as spent, whether it could: at the start, when it is
   *     asked to, and now and then where several Drovers share the store
   * @throws IOException when the spool's folder can be neither made nor read
   */
  public static Ledger start(
      LedgerConfig config,
      Path stateDir,
      Supplier<@Nullable String> password,
      Predicate<Spending> reader,
      Ticker ticker,
      InstantSource wall,
      Duration patience)
      throws IOException {
    Ledger ledger = new Ledger(config, stateDir, password, reader, ticker, wall);
    ledger.thread.start();
    try {
      if (!ledger.tried.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn(
            "ledger: not ready after {} s, serving without it until it is", patience.toSeconds());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return ledger;
  }

  @Override
  public void finished(ExchangeRecord record) {
    boolean stranger = record.status() == 401 && record.attempts().isEmpty();
    if (stranger && strangers.take() < 0) {
      return; // the metrics count them all
    }
    add(() -> UsageEvents.of(record));
  }

  @Override
  public void compared(ShadowRecord record) {
    add(() -> UsageEvents.of(record));
  }

  /** A target was asked for a sign of life, and that was not free. */
  public void probed(String target, Usage usage, NanoDollars cost) {
    Instant at = wall.instant();
    String id = "probe/" + UUID.randomUUID();
    add(() -> UsageEvents.probe(id, at, target, usage, cost));
  }

  private void add(Supplier<UsageEvent> event) {
    if (!queue.offer(new Entry(event, ticker.nanos()))) {
      lost(1, "memory is full");
    }
  }

  private void lost(long events, String why) {
    if (lost.getAndAdd(events) == 0) {
      log.error("ledger: {} events lost: {}; further ones are only counted", events, why);
    }
  }

  /** Returns the current status of the ledger. */
  public LedgerStatus status() {
    long since = waitingSince;
    return new LedgerStatus(
        recorded.get(),
        queue.size(),
        spooled.get(),
        spool.bytes(),
        lost.get(),
        since == NOTHING_WAITS ? 0 : Math.max(0, ticker.nanos() - since),
        problem.isEmpty() && opening.underWay() ? "is being opened" : problem);
  }

  @Override
  public @Nullable Long since(Owner owner, boolean money, Instant since) {
    Store open = store;
    if (open == null) {
      return null;
    }
    try {
      return open.charged(owner, money, since);
    } catch (SQLException e) {
      log.warn("ledger: what {} has spent cannot be read: {}", owner, Reason.of(e));
      return null;
    }
  }

  /** Stores what is left, or writes it to disk. */
  @Override
  public void close() {
    closing = true;
    try {
      if (!thread.join(LAST_BATCH)) {
        log.error("ledger: {} events not stored in time", queue.size());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    opening.close();
    Store open = store;
    if (open != null) {
      open.close();
    }
  }

  private void run() {
    List<UsageEvent> batch = new ArrayList<>(BATCH);
    try {
      while (!closing || !queue.isEmpty() || !batch.isEmpty()) {
        try {
          turn(batch);
        } catch (RuntimeException e) { // a mistake of ours must not end the ledger
          log.error("ledger: goes on after", e);
          lost(batch.size(), "see the error before");
          batch.clear();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn(List<UsageEvent> batch) throws InterruptedException {
    if (due(retryAt)) {
      recover();
    }
    if (store != null && problem.isEmpty() && spool.isEmpty()) {
      read();
    }
    if (!opening.underWay()) {
      tried.countDown();
    }
    if (batch.isEmpty()) {
      fill(batch);
    }
    leaveWhatIsGone();
    if (batch.isEmpty() || record(batch)) {
      batch.clear();
    } else if (closing) {
      lost(batch.size(), "neither the store nor the disk takes them");
      batch.clear();
    } else {
      Thread.sleep(RETRY); // meanwhile memory takes what comes
    }
    expire();
  }

  /** A file that was deleted or replaced is opened anew; what the old one had is lost with it. */
  private void leaveWhatIsGone() {
    Store open = store;
    if (open != null && open.gone()) {
      store = null;
      open.close();
      down(new SQLException("its file was deleted or replaced; what it had is not in the new one"));
      retryAt = ticker.nanos();
    }
  }

  /** Has what is spent taken up, when that is wanted; later, when it does not work. */
  private void read() {
    boolean shared = config.store().equals("postgresql");
    if (!(readAgain && due(readRetryAt)) && !(shared && due(readAt))) {
      return;
    }
    readAgain = false;
    if (!reader.test(this)) {
      readAgain = true;
      readRetryAt = ticker.nanos() + RETRY.toNanos();
    }
    readAt = ticker.nanos() + READ_EVERY.toNanos();
  }

  /** Has what is spent read from the store again, soon: there may be budgets that are new. */
  public void readAgain() {
    readAgain = true;
  }

  private boolean due(long atNanos) {
    return ticker.nanos() - atNanos >= 0;
  }

  private void fill(List<UsageEvent> batch) throws InterruptedException {
    Entry first = queue.poll(LINGER.toMillis(), TimeUnit.MILLISECONDS);
    if (first == null) {
      return;
    }
    if (waitingSince == NOTHING_WAITS) {
      waitingSince = first.sinceNanos;
    }
    if (!closing && !aBatchWaits()) {
      Thread.sleep(LINGER); // others come along
    }
    List<Entry> entries = new ArrayList<>(BATCH);
    entries.add(first);
    queue.drainTo(entries, BATCH - 1);
    entries.forEach(entry -> batch.add(entry.event.get()));
  }

  /**
   * Opens the store and moves the spool into it, if need be. What comes while that lasts is
   * spooled.
   */
  private void recover() throws InterruptedException {
    Store open = store;
    if (open != null && (spool.isEmpty() || (problem.isEmpty() && aBatchWaits()))) {
      return;
    }
    try {
      if (open == null) {
        open = opening.await(queue.isEmpty() ? RETRY : Duration.ZERO);
        if (open == null) {
          return;
        }
        store = open; // nothing is recorded there before the spool is empty
      } else {
        open.password(password.get());
      }
      replay(open);
      up();
    } catch (SQLException | IOException | RuntimeException e) {
      down(e);
    }
  }

  /** So much in memory goes to disk before more is read from there: memory is bounded. */
  private boolean aBatchWaits() {
    return queue.size() >= BATCH;
  }

  private void replay(Store open) throws IOException, SQLException {
    for (Optional<Path> segment = spool.oldest();
        segment.isPresent();
        segment = aBatchWaits() ? Optional.empty() : spool.oldest()) {
      List<UsageEvent> events = spool.read(segment.get());
      for (int i = 0; i < events.size(); i += BATCH) {
        insertion.insert(open, events.subList(i, Math.min(events.size(), i + BATCH)));
      }
      spool.delete(segment.get());
    }
  }

  /** Stores a batch, or else writes it to disk; whether either took it. */
  private boolean record(List<UsageEvent> events) {
    Store open = store;
    if (open != null && spool.isEmpty()) {
      try {
        insertion.insert(open, events);
        up();
        return true;
      } catch (SQLException | RuntimeException e) {
        down(e);
      }
    }
    try {
      if (spool.append(events)) {
        spooled.addAndGet(events.size());
        diskRefuses = false;
        return true;
      }
      refused("ledger.spool_max is reached");
    } catch (IOException e) {
      refused("spool: " + e.getMessage());
    }
    return false;
  }

  private void refused(String reason) {
    if (!diskRefuses) {
      log.error("ledger: the disk takes no records, they wait in memory: {}", reason);
    }
    diskRefuses = true;
    problem = reason;
  }

  private void up() {
    if (!problem.isEmpty()) {
      log.info("ledger: {} is up again", Store.name(config, stateDir));
    }
    problem = "";
    diskRefuses = false;
    if (spool.isEmpty()) {
      waitingSince = NOTHING_WAITS;
    }
  }

  private void down(Exception e) {
    String reason = Reason.of(e);
    if (problem.isEmpty()) {
      log.error("ledger: {} is down, records go to disk: {}", Store.name(config, stateDir), reason);
    }
    problem = reason;
    retryAt = ticker.nanos() + RETRY.toNanos();
  }

  private void expire() {
    Store open = store;
    if (open == null || !problem.isEmpty() || !due(expireAt)) {
      return;
    }
    expireAt = ticker.nanos() + EXPIRE_EVERY.toNanos();
    try {
      int expired = open.expire(wall.instant().minus(Duration.ofDays(config.retentionDays())));
      if (expired > 0) {
        log.info("ledger: {} events older than {} days deleted", expired, config.retentionDays());
      }
    } catch (SQLException e) {
      down(e);
    }
  }
}
