package dev.drover.exchange.account;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges on their way to a target, by id: what links the upstream-level streams to their
 * router-level stream. Thread-safe. The router-level stream puts its journey in and takes it out
 * when it ends.
 */
public final class InFlightExchanges {
  private final Map<String, RoutedExchange> byId = new ConcurrentHashMap<>();

  public void put(RoutedExchange exchange) {
    byId.put(exchange.id(), exchange);
  }

  public @Nullable RoutedExchange get(String id) {
    return byId.get(id);
  }

  public void remove(RoutedExchange exchange) {
    byId.remove(exchange.id());
  }

  /** Exchanges on their way. */
  public int size() {
    return byId.size();
  }
}
