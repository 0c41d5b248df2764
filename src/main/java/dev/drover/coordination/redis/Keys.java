package dev.drover.coordination.redis;

import dev.drover.admission.Budget;
import dev.drover.admission.Quota;
import dev.drover.cache.CacheKey;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The names of the keys in Redis. */
record Keys(String prefix) {
  /** The members that live, by when they will not. */
  byte[] live() {
    return key("live");
  }

  /**
   * Returns the key of the time since which this Redis remembers. The key is missing when Redis has
   * lost its data.
   */
  byte[] epoch() {
    return key("epoch");
  }

  /** Targets that rest, by until when. */
  byte[] rests() {
    return key("rests");
  }

  byte[] answer(CacheKey key) {
    return key("answer:" + key);
  }

  byte[] response(String id) {
    return key("response:" + id);
  }

  byte[] requests(Quota quota) {
    return key("limit:" + quota.name() + ":requests" + perMinute(quota.requestRate()));
  }

  byte[] tokens(Quota quota) {
    return key("limit:" + quota.name() + ":tokens" + perMinute(quota.tokenRate()));
  }

  /**
   * Returns the suffix of a key that names the rate. The key holds a time, which means nothing at
   * another rate.
   */
  private static String perMinute(Quota.@Nullable Rate rate) {
    return rate == null ? "" : ":" + rate.perMinute();
  }

  byte[] places(Quota quota) {
    return key("limit:" + quota.name() + ":in_flight");
  }

  byte[] spent(Budget budget) {
    return key("budget:" + budget.name() + ":spent");
  }

  byte[] reserved(Budget budget) {
    return key("budget:" + budget.name() + ":reserved");
  }

  private byte[] key(String name) {
    return (prefix + ":" + name).getBytes(StandardCharsets.UTF_8);
  }
}
