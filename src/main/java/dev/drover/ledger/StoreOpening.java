package dev.drover.ledger;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Opens the store by a thread of its own: a ledger of an older version is brought over first, which
 * may take minutes. All but {@link #underWay} and {@link #close} is called by one thread.
 */
final class StoreOpening implements AutoCloseable {
  /** Opens the store. */
  interface Opener {
    Store open() throws SQLException;
  }

  private final Opener opener;
  private volatile @Nullable CompletableFuture<Store> begun;

  StoreOpening(Opener opener) {
    this.opener = opener;
  }

  /** Returns whether the store is being opened. */
  boolean underWay() {
    return begun != null;
  }

  /**
   * Begins when that is not under way, and waits for its end.
   *
   * @param most how long it waits
   * @return the store; null when it is not open yet
   * @throws SQLException when it could not be opened; the next call begins anew
   */
  @Nullable Store await(Duration most) throws SQLException, InterruptedException {
    CompletableFuture<Store> store = begun;
    if (store == null) {
      store = CompletableFuture.supplyAsync(this::open, StoreOpening::start);
      begun = store;
    }
    try {
      Store open = store.get(most.toMillis(), TimeUnit.MILLISECONDS);
      begun = null;
      return open;
    } catch (TimeoutException _) {
      return null;
    } catch (ExecutionException e) {
      begun = null;
      throw e.getCause() instanceof SQLException known ? known : new SQLException(e.getCause());
    }
  }

  private Store open() {
    try {
      return opener.open();
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
  }

  private static void start(Runnable task) {
    Thread.ofPlatform().name("drover-ledger-opening").daemon().start(task);
  }

  /** A store that is open later is closed at once. */
  @Override
  public void close() {
    CompletableFuture<Store> store = begun;
    if (store != null) {
      store.thenAccept(Store::close);
    }
  }
}
