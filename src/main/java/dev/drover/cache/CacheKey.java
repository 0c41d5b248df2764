package dev.drover.cache;

import dev.drover.json.CanonicalJsonHash;
import dev.drover.json.Limits;
import dev.drover.types.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The meaning of a request and who may share its answer: 256 bits of a hash. */
public record CacheKey(long a, long b, long c, long d) {

  /** In hexadecimal digits. */
  @Override
  public String toString() {
    return "%016x%016x%016x%016x".formatted(a, b, c, d);
  }

  /**
   * The key of a request.
   *
   * @param scope who shares answers: a team, or everyone by an empty string
   * @param visible the query and the headers that a provider sees, which may change its answer
   * @param model the configured model's name
   * @param body a request body that was read before
   * @param ignored top-level fields of it that do not count
   */
  public static CacheKey of(
      String scope,
      String operation,
      Map<String, String> visible,
      String model,
      Bytes body,
      Set<String> ignored,
      Limits limits) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      List<String> parts = new ArrayList<>(List.of(scope, operation, model));
      new TreeMap<>(visible)
          .forEach(
              (name, value) -> {
                parts.add(name);
                parts.add(value);
              });
      for (String part : parts) {
        byte[] text = part.getBytes(StandardCharsets.UTF_16BE); // a lone surrogate is itself
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, text.length));
        digest.update(text);
      }
      digest.update(CanonicalJsonHash.of(body, limits, ignored));
      ByteBuffer hash = ByteBuffer.wrap(digest.digest());
      return new CacheKey(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: missing (expected: in every JDK)", e);
    }
  }
}
