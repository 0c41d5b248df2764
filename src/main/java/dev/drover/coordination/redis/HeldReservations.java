package dev.drover.coordination.redis;

import dev.drover.admission.Budget;
import dev.drover.admission.Quota;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The places in quotas and the reservations in budgets that requests in flight hold together.
 * Confined to one thread.
 */
final class HeldReservations {
  private final Map<Quota, Integer> places = new LinkedHashMap<>();
  private final Map<Budget, Long> reserved = new LinkedHashMap<>();

  void place(Quota quota) {
    places.merge(quota, 1, Integer::sum);
  }

  void reserve(Budget budget, long amount) {
    reserved.merge(budget, amount, Long::sum);
  }

  /**
   * For {@link Script#ENTER}.
   *
   * @param before the member that held it; empty when there was none
   */
  Arguments arguments(Keys keys, RedisConnection connection, String before) {
    Arguments all = new Arguments().key(keys.live()).text(connection.member()).text(before);
    places.forEach((quota, count) -> all.key(keys.places(quota)).number(count));
    reserved.forEach((budget, amount) -> all.key(keys.reserved(budget)).number(amount));
    return all;
  }
}
