package dev.drover.tools.standin;

import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.time.Duration;

/** Small readings of common messages. */
final class Protos {
  private Protos() {}

  static Duration duration(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  static boolean matches(StringMatcher matcher, String value) {
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> value.equals(matcher.getExact());
      case PREFIX -> value.startsWith(matcher.getPrefix());
      case SUFFIX -> value.endsWith(matcher.getSuffix());
      case CONTAINS -> value.contains(matcher.getContains());
      case SAFE_REGEX -> value.matches(matcher.getSafeRegex().getRegex());
      default ->
          throw new IllegalArgumentException(
              "string matcher: " + matcher.getMatchPatternCase() + ": not known to the stand-in");
    };
  }
}
