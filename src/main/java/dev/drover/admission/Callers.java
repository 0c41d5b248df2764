package dev.drover.admission;

import dev.drover.config.GatewayConfig;
import dev.drover.config.KeyConfig;
import dev.drover.config.WorkloadConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells who asks: by a key's SHA-256, else by the workload that Envoy vouches for. Immutable,
 * thread-safe. Secrets are looked up by their hash and compared in constant time.
 */
public final class Callers {
  /** How the secrets begin that {@code drover key new} makes. */
  public static final String PREFIX = "sk-drover-";

  private static final String BEARER = "bearer ";
  private static final int MOST_CHARS = 1024;

  /**
   * A key.
   *
   * @param expires when it ends, or null
   */
  private record Known(Caller caller, String sha256, @Nullable Instant expires) {
    /** Compared in constant time, though the hash of a secret gives nothing away. */
    boolean is(String hash) {
      return MessageDigest.isEqual(
          sha256.getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** A workload, by the beginning of its SPIFFE id or all of it. */
  private record Workload(Caller caller, String spiffeId, boolean prefix) {
    boolean is(String id) {
      return prefix ? id.startsWith(spiffeId) : id.equals(spiffeId);
    }
  }

  private final Map<String, Known> keys = new HashMap<>();
  private final List<Workload> workloads = new ArrayList<>();
  private final boolean anonymous;

  private Callers(boolean anonymous) {
    this.anonymous = anonymous;
  }

  /** Compiles a sound config. */
  public static Callers compile(GatewayConfig config) {
    boolean nobodyKnown = config.keys().isEmpty() && config.workloads().isEmpty();
    Boolean said = config.anonymous();
    Callers callers = new Callers(said == null ? nobodyKnown : said);
    config.keys().forEach(callers::add);
    for (WorkloadConfig c : config.workloads()) {
      boolean prefix = c.spiffeId().endsWith("*");
      String id = prefix ? c.spiffeId().substring(0, c.spiffeId().length() - 1) : c.spiffeId();
      callers.workloads.add(
          new Workload(caller(c.id(), c.team(), c.project(), c.models()), id, prefix));
    }
    callers.workloads.sort(
        Comparator.comparing(Workload::prefix)
            .thenComparing(w -> w.spiffeId.length(), Comparator.reverseOrder()));
    return callers;
  }

  private void add(KeyConfig c) {
    Caller caller = caller(c.id(), c.team(), c.project(), c.models());
    Instant expires = c.expires() == null ? null : OffsetDateTime.parse(c.expires()).toInstant();
    keys.put(c.sha256(), new Known(caller, c.sha256(), expires));
    if (c.nextSha256() != null) {
      keys.put(c.nextSha256(), new Known(caller, c.nextSha256(), expires));
    }
  }

  private static Caller caller(
      String id, @Nullable String team, @Nullable String project, @Nullable List<String> models) {
    return new Caller(
        id,
        team == null ? "" : team,
        project == null ? "" : project,
        models == null ? null : Set.copyOf(models));
  }

  /**
   * Who asks.
   *
   * @param authorization the header of that name, or an empty string
   * @param apiKey the header {@code x-api-key}, or an empty string
   * @param spiffeId the workload that Envoy vouches for, or an empty string
   */
  public Identified identify(String authorization, String apiKey, String spiffeId, Instant now) {
    if (keys.isEmpty() && workloads.isEmpty() && anonymous) {
      return new Identified.As(Caller.ANONYMOUS);
    }
    if (!keys.isEmpty() && (!authorization.isEmpty() || !apiKey.isEmpty())) {
      return byKey(authorization, apiKey, spiffeId, now);
    }
    return byWorkload(spiffeId);
  }

  /** The exact one, else the one with the longest beginning; null when it is none. */
  private @Nullable Workload workload(String spiffeId) {
    for (Workload workload : workloads) {
      if (!spiffeId.isEmpty() && workload.is(spiffeId)) {
        return workload;
      }
    }
    return null;
  }

  private Identified byWorkload(String spiffeId) {
    Workload workload = workload(spiffeId);
    if (workload != null) {
      return new Identified.As(workload.caller);
    }
    return anonymous
        ? new Identified.As(Caller.ANONYMOUS)
        : new Identified.Not(
            "missing_api_key",
            "authorization: missing (expected: Bearer and a key of this gateway)");
  }

  private Identified byKey(String authorization, String apiKey, String spiffeId, Instant now) {
    boolean bearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
    if (!authorization.isEmpty() && !bearer) {
      return invalid("authorization: not a bearer token (expected: Bearer and a key)");
    }
    String secret = authorization.isEmpty() ? apiKey : authorization.substring(BEARER.length());
    String problem = malformed(secret);
    if (problem != null) {
      return invalid(problem);
    }
    String hash = sha256(secret);
    Known known = keys.get(hash);
    boolean foreign = !secret.startsWith(PREFIX);
    if (known == null && foreign && workload(spiffeId) != null) {
      return byWorkload(spiffeId); // client libraries always send some key
    }
    if (known == null || !known.is(hash)) {
      return secret.startsWith(PREFIX)
          ? invalid("authorization: an unknown key (expected: one in the config)")
          : invalid(
              "authorization: not a key of this gateway (expected: one in the config; those made by `drover key new` begin with "
                  + PREFIX
                  + ")");
    }
    if (known.expires != null && !now.isBefore(known.expires)) {
      return new Identified.Not(
          "expired_api_key",
          "authorization: key %s expired at %s (expected: a valid one)"
              .formatted(known.caller.id(), known.expires));
    }
    return new Identified.As(known.caller);
  }

  private static Identified invalid(String message) {
    return new Identified.Not("invalid_api_key", message);
  }

  private static @Nullable String malformed(String secret) {
    if (secret.isBlank()) {
      return "authorization: a blank key (expected: a key)";
    }
    if (secret.length() > MOST_CHARS) {
      return "authorization: a key of %d characters (expected: at most %d)"
          .formatted(secret.length(), MOST_CHARS);
    }
    boolean padded = !secret.strip().equals(secret);
    boolean quoted = secret.startsWith("\"") || secret.startsWith("'");
    return padded
        ? "authorization: a key with blanks around it (expected: the key alone)"
        : quoted ? "authorization: a key in quotes (expected: the key alone)" : null;
  }

  /** The hash that a config holds of a secret, in hexadecimal. */
  public static String sha256(String secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: missing (expected: in every JDK)", e);
    }
  }
}
