package dev.drover.admission;

import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.HeaderIdentityConfig;
import dev.drover.config.schema.JwtIdentityConfig;
import dev.drover.record.Caller;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Callers that others vouch for: a token that Envoy has verified, or headers of a trusted hop.
 * Immutable.
 */
final class TrustedIdentity {
  private static final int MOST_CHARS = 128;

  private final @Nullable JwtIdentityConfig jwt;
  private final @Nullable HeaderIdentityConfig headers;
  private final Set<String> teams;
  private final List<String> ownHeaders;

  TrustedIdentity(GatewayConfig config) {
    this.jwt = config.identity().jwt();
    this.headers = config.identity().headers();
    this.teams = Set.copyOf(config.teams().keySet());
    this.ownHeaders =
        headers == null
            ? List.of()
            : Stream.of(headers.id(), headers.team(), headers.project())
                .filter(Objects::nonNull)
                .toList();
  }

  /** Returns whether the config names any source of identity that is trusted. */
  boolean any() {
    return jwt != null || headers != null;
  }

  /** The headers that say so: nobody else's business. */
  List<String> ownHeaders() {
    return ownHeaders;
  }

  /**
   * Returns the caller that a verified token or a trusted hop names, or null when neither is
   * present.
   */
  @Nullable AuthResult identify(PresentedCredentials shown) {
    if (jwt != null && shown.tokens().get(jwt.metadataKey()) instanceof Map<?, ?> claims) {
      return caller(
          Caller.Kind.TOKEN,
          "claim " + jwt.id(),
          claim(claims, jwt.id()),
          claim(claims, jwt.team()),
          claim(claims, jwt.project()));
    }
    if (headers != null && trusted(headers.from(), shown.spiffeId())) {
      return caller(
          Caller.Kind.HEADER,
          headers.id(),
          shown.headers().apply(headers.id()),
          header(shown, headers.team()),
          header(shown, headers.project()));
    }
    return null;
  }

  private static boolean trusted(String from, String spiffeId) {
    return from.endsWith("*")
        ? spiffeId.startsWith(from.substring(0, from.length() - 1))
        : spiffeId.equals(from);
  }

  private static String header(PresentedCredentials shown, @Nullable String name) {
    return name == null ? "" : shown.headers().apply(name);
  }

  private static String claim(Map<?, ?> claims, @Nullable String path) {
    if (path == null) {
      return "";
    }
    Object value = claims.get(path); // names with dots are common: URLs
    if (value == null && path.contains(".")) {
      int dot = path.indexOf('.');
      return claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
          ? claim(inner, path.substring(dot + 1))
          : "";
    }
    return value instanceof String || value instanceof Number ? value.toString() : "";
  }

  private AuthResult caller(Caller.Kind kind, String what, String id, String team, String project) {
    if (id.isEmpty()) {
      return new AuthResult.Not(
          "invalid_identity", what + ": missing (expected: the name of the caller)");
    }
    for (String name : new String[] {id, team, project}) {
      if (name.length() > MOST_CHARS || name.chars().anyMatch(Character::isISOControl)) {
        return new AuthResult.Not(
            "invalid_identity",
            "identity: a name of %d characters, or with control characters (expected: at most %d, without)"
                .formatted(name.length(), MOST_CHARS));
      }
    }
    return new AuthResult.As(new Caller(kind, id, team, project, null, teams.contains(team)));
  }
}
