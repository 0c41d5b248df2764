package dev.drover.migrate;

import dev.drover.config.bind.Scalars;
import dev.drover.config.schema.Key;
import dev.drover.config.schema.KeySpec;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * The range of values that a key of Drover's config accepts, as its record declares it. Immutable.
 *
 * @param least the smallest value, as it would stand in the file
 * @param most the largest value, as it would stand in the file
 */
record Bounds(String least, String most) {
  static Bounds of(Class<?> record, String name) {
    for (KeySpec spec : KeySpec.of(record)) {
      if (spec.name().equals(name)) {
        Key key = spec.key();
        return new Bounds(key.min(), key.max());
      }
    }
    throw new IllegalArgumentException(name + ": unknown key (expected: one of " + record + ")");
  }

  BigDecimal smallest() {
    return new BigDecimal(least);
  }

  BigDecimal largest() {
    return new BigDecimal(most);
  }

  /** Returns the time within these bounds that is nearest to a number of seconds. */
  Duration nearest(BigDecimal seconds) {
    Duration shortest = Scalars.duration(least).orElseThrow();
    Duration longest = Scalars.duration(most).orElseThrow();
    if (seconds.compareTo(BigDecimal.valueOf(longest.toSeconds())) >= 0) {
      return longest;
    }
    Duration asked = Duration.ofMillis(seconds.movePointRight(3).longValue());
    return asked.compareTo(shortest) < 0 ? shortest : asked;
  }

  /** Returns the range in words. */
  String words() {
    return "from " + least + " to " + most;
  }
}
