package dev.drover.admission;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.KeyConfig;
import dev.drover.config.schema.ProviderConfig;
import dev.drover.config.schema.WorkloadConfig;
import dev.drover.credential.ApiKey;
import dev.drover.credential.AuthScheme;
import dev.drover.record.Caller;
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
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells who asks: by a key's SHA-256, by a token or a hop that is trusted, or by the workload that
 * Envoy vouches for. Immutable, thread-safe. Secrets are looked up by their hash and compared in
 * constant time.
 */
public final class Callers {
  /** The prefix of the secrets that {@code drover key new} makes. */
  public static final String PREFIX = "sk-drover-";

  /** The headers that a provider's key may be in; the one that has other uses comes last. */
  private static final List<AuthScheme> KEY_HEADERS =
      List.of(
          AuthScheme.X_API_KEY, AuthScheme.X_GOOG_API_KEY, AuthScheme.API_KEY, AuthScheme.BEARER);

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
  private final TrustedIdentity trusted;
  private final boolean anonymous;
  private final boolean hereOnly;
  private final boolean passthrough;

  private Callers(
      TrustedIdentity trusted, boolean anonymous, boolean hereOnly, boolean passthrough) {
    this.hereOnly = hereOnly;
    this.trusted = trusted;
    this.anonymous = anonymous;
    this.passthrough = passthrough;
  }

  /** Compiles a sound config. */
  public static Callers compile(GatewayConfig config) {
    TrustedIdentity trusted = new TrustedIdentity(config);
    boolean nobodyKnown = config.keys().isEmpty() && config.workloads().isEmpty() && !trusted.any();
    Boolean said = config.anonymous();
    boolean passthrough =
        config.providers().values().stream().anyMatch(ProviderConfig::passthrough);
    Callers callers =
        new Callers(
            trusted, said == null ? nobodyKnown : said, !config.saysWhoMayCall(), passthrough);
    config.keys().forEach(callers::add);
    for (WorkloadConfig c : config.workloads()) {
      boolean prefix = c.spiffeId().endsWith("*");
      String id = prefix ? c.spiffeId().substring(0, c.spiffeId().length() - 1) : c.spiffeId();
      callers.workloads.add(
          new Workload(
              caller(Caller.Kind.WORKLOAD, c.id(), c.team(), c.project(), c.models()), id, prefix));
    }
    callers.workloads.sort(
        Comparator.comparing(Workload::prefix)
            .thenComparing(w -> w.spiffeId.length(), Comparator.reverseOrder()));
    return callers;
  }

  /** Returns the caller of the key or workload with this id in the config, or null. */
  public @Nullable Caller named(String id) {
    return Stream.concat(
            keys.values().stream().map(Known::caller), workloads.stream().map(Workload::caller))
        .filter(caller -> caller.id().equals(id))
        .findFirst()
        .orElse(null);
  }

  private void add(KeyConfig c) {
    Caller caller = caller(Caller.Kind.KEY, c.id(), c.team(), c.project(), c.models());
    Instant expires = c.expires() == null ? null : OffsetDateTime.parse(c.expires()).toInstant();
    keys.put(c.sha256(), new Known(caller, c.sha256(), expires));
    if (c.nextSha256() != null) {
      keys.put(c.nextSha256(), new Known(caller, c.nextSha256(), expires));
    }
  }

  private static Caller caller(
      Caller.Kind kind,
      String id,
      @Nullable String team,
      @Nullable String project,
      @Nullable List<String> models) {
    return new Caller(
        kind,
        id,
        team == null ? "" : team,
        project == null ? "" : project,
        models == null ? null : Set.copyOf(models),
        true);
  }

  /** Returns whether clients that present no credential are let in. */
  public boolean letAnyoneIn() {
    return anonymous;
  }

  /**
   * Returns whether only this machine is served, since the config does not say who may call. Keys
   * of providers are not lent to whoever finds the port.
   */
  public boolean hereOnly() {
    return hereOnly;
  }

  /** Headers that say who asks, beside those of keys. */
  public List<String> ownHeaders() {
    return trusted.ownHeaders();
  }

  /**
   * Identifies the caller of a request. A key of this gateway is tried first, then an identity that
   * a trusted party vouches for, then the workload.
   */
  public AuthResult identify(PresentedCredentials shown, Instant now) {
    if (keys.isEmpty() && workloads.isEmpty() && !trusted.any() && anonymous) {
      return new AuthResult.As(Caller.ANONYMOUS);
    }
    AuthResult other = trusted.identify(shown);
    if (!keys.isEmpty() && (!shown.authorization().isEmpty() || !shown.apiKey().isEmpty())) {
      return byKey(shown, other, now);
    }
    return other == null ? byWorkload(shown.spiffeId()) : other;
  }

  /**
   * Returns the key of a provider that a client brings along, with the header it is in; null when
   * it brings none, or nobody may have it.
   *
   * @param headers gives the value of a header by its name, or an empty text
   * @param verified whether Envoy has verified a token, which is the one in {@code authorization}
   */
  public @Nullable ApiKey clientKey(UnaryOperator<String> headers, boolean verified) {
    if (!passthrough) {
      return null;
    }
    for (AuthScheme scheme : KEY_HEADERS) {
      if (scheme == AuthScheme.BEARER && verified) {
        continue;
      }
      String secret = scheme.key(headers.apply(scheme.header()));
      if (secret.isEmpty() || secret.startsWith(PREFIX) || malformed(secret) != null) {
        continue;
      }
      if (!keys.containsKey(sha256(secret))) {
        return new ApiKey(secret, scheme);
      }
    }
    return null;
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

  private AuthResult byWorkload(String spiffeId) {
    Workload workload = workload(spiffeId);
    if (workload != null) {
      return new AuthResult.As(workload.caller);
    }
    return anonymous
        ? new AuthResult.As(Caller.ANONYMOUS)
        : new AuthResult.Not(
            "missing_api_key",
            passthrough
                ? "authorization: missing, or for the provider (expected: a key of this gateway, then in x-api-key)"
                : "authorization: missing (expected: Bearer and a key of this gateway)");
  }

  private AuthResult byKey(PresentedCredentials shown, @Nullable AuthResult other, Instant now) {
    String authorization = shown.authorization();
    boolean bearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
    if (!authorization.isEmpty() && !bearer) {
      return invalid("authorization: not a bearer token (expected: Bearer and a key)");
    }
    String secret =
        authorization.isEmpty() ? shown.apiKey() : authorization.substring(BEARER.length());
    String place = authorization.isEmpty() ? "x-api-key" : "authorization";
    String problem = malformed(secret);
    if (problem != null) {
      return secret.length() > MOST_CHARS && other != null
          ? other
          : invalid(place + ": " + problem);
    }
    String hash = sha256(secret);
    Known known = keys.get(hash);
    boolean foreign = !secret.startsWith(PREFIX);
    if (known == null && foreign && other != null) {
      return other; // the key is the very token, say
    }
    if (known == null && foreign && workload(shown.spiffeId()) != null) {
      return byWorkload(shown.spiffeId()); // client libraries always send some key
    }
    if (known == null || !known.is(hash)) {
      return secret.startsWith(PREFIX)
          ? invalid(place + ": an unknown key (expected: one in the config)")
          : invalid(
              place
                  + ": not a key of this gateway (expected: one in the config; those made by `drover key new` begin with "
                  + PREFIX
                  + ")");
    }
    if (known.expires != null && !now.isBefore(known.expires)) {
      return new AuthResult.Not(
          "expired_api_key",
          "%s: key %s expired at %s (expected: a valid one)"
              .formatted(place, known.caller.id(), known.expires));
    }
    return new AuthResult.As(known.caller);
  }

  private static AuthResult invalid(String message) {
    return new AuthResult.Not("invalid_api_key", message);
  }

  private static @Nullable String malformed(String secret) {
    if (secret.isBlank()) {
      return "a blank key (expected: a key)";
    }
    if (secret.length() > MOST_CHARS) {
      return "a key of %d characters (expected: at most %d)".formatted(secret.length(), MOST_CHARS);
    }
    boolean padded = !secret.strip().equals(secret);
    boolean quoted = secret.startsWith("\"") || secret.startsWith("'");
    return padded
        ? "a key with blanks around it (expected: the key alone)"
        : quoted ? "a key in quotes (expected: the key alone)" : null;
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
