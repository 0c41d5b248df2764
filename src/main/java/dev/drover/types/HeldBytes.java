package dev.drover.types;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory that is held for requests under way: their bodies, and what is kept of their answers.
 * It has a bound, of which no caller may have more than a share, so that neither one caller nor all
 * together end the process. Thread-safe; never blocks for long.
 *
 * <p>A caller may hold a third of the bound while others hold something, and two thirds while
 * nobody else does. One request of each caller is exempt from the share.
 */
public final class HeldBytes {
  /** The reasons why bytes cannot be held. */
  public enum Refused {
    /** The caller holds its share. */
    SHARE,
    /** The callers together hold the whole. */
    WHOLE
  }

  private static final int SHARES = 3;

  private final LongSupplier capacity;
  private final Map<String, Long> byCaller = new HashMap<>();
  private long held;

  /**
   * @param capacity the bound in bytes; asked each time, since a reload may change it
   */
  public HeldBytes(LongSupplier capacity) {
    this.capacity = capacity;
  }

  /** Returns a memory without a bound. */
  public static HeldBytes unbounded() {
    return new HeldBytes(() -> Long.MAX_VALUE);
  }

  /** Returns the bytes that are held now. */
  public synchronized long held() {
    return held;
  }

  /** Returns the bound in bytes. */
  public long capacity() {
    return capacity.getAsLong();
  }

  /** Returns the part of one exchange, which holds nothing yet. */
  public Lease lease() {
    return new Lease();
  }

  private synchronized @Nullable Refused move(String caller, long by) {
    long its = byCaller.getOrDefault(caller, 0L);
    if (by > 0) {
      long bound = capacity.getAsLong();
      if (held > bound - by) {
        return Refused.WHOLE;
      }
      boolean alone = byCaller.isEmpty() || (its > 0 && byCaller.size() == 1);
      long share = alone ? bound / SHARES * 2 : bound / SHARES;
      if (its > 0 && its > share - by) {
        return Refused.SHARE;
      }
    }
    held += by;
    if (its + by == 0) {
      byCaller.remove(caller);
    } else {
      byCaller.put(caller, its + by);
    }
    return null;
  }

  /** The bytes that one exchange holds. Confined to the exchange, but for its end. */
  public final class Lease {
    private String caller = "";
    private long bytes;

    private Lease() {}

    /**
     * Holds so many bytes from now on, in place of those before.
     *
     * @param owner the identity of the caller; the same each time
     * @param total bytes
     * @return null when there is room, or when it is less than before; else nothing has changed
     */
    public synchronized @Nullable Refused hold(String owner, long total) {
      if (total == bytes) {
        return null;
      }
      caller = bytes == 0 ? owner : caller;
      Refused refused = move(caller, total - bytes);
      if (refused == null) {
        bytes = total;
      }
      return refused;
    }

    /** Holds nothing any more. May be called again. */
    public synchronized void release() {
      if (bytes > 0) {
        Refused none = move(caller, -bytes);
        assert none == null : "less is always taken";
        bytes = 0;
      }
    }

    /** Returns the bytes that the exchange holds now. */
    public synchronized long bytes() {
      return bytes;
    }
  }
}
