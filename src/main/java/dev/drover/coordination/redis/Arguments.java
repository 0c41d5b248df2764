package dev.drover.coordination.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Keys and arguments of a script, in order. */
final class Arguments {
  private static final double NANOS_PER_MICRO = TimeUnit.MICROSECONDS.toNanos(1);

  private final List<byte[]> keys = new ArrayList<>();
  private final List<byte[]> values = new ArrayList<>();

  Arguments key(byte[] key) {
    keys.add(key);
    return this;
  }

  Arguments text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  Arguments bytes(byte[] value) {
    values.add(value);
    return this;
  }

  Arguments number(long value) {
    return text(Long.toString(value));
  }

  /** As microseconds. */
  Arguments micros(double nanos) {
    return text(Double.toString(nanos / NANOS_PER_MICRO));
  }

  byte[][] keys() {
    return keys.toArray(byte[][]::new);
  }

  byte[][] values() {
    return values.toArray(byte[][]::new);
  }
}
