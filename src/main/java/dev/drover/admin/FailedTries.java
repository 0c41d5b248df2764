package dev.drover.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.drover.types.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts wrong tokens by the address that they came from, so that none can be found by trying.
 * Thread-safe; remembers a bounded number of addresses.
 */
final class FailedTries {
  private static final int MOST = 10;
  private static final Duration REMEMBERED = Duration.ofMinutes(1);
  private static final int ADDRESSES = 10_000;

  private final Cache<String, AtomicInteger> byAddress;

  FailedTries(Ticker ticker) {
    byAddress =
        Caffeine.newBuilder()
            .maximumSize(ADDRESSES)
            .expireAfterWrite(REMEMBERED)
            .ticker(ticker::nanos)
            .build();
  }

  void failed(String address) {
    byAddress.get(address, _ -> new AtomicInteger()).incrementAndGet();
  }

  /** Returns whether an address has had its tries for now. */
  boolean tooMany(String address) {
    AtomicInteger failed = byAddress.getIfPresent(address);
    return failed != null && failed.get() >= MOST;
  }
}
