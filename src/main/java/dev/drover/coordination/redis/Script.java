package dev.drover.coordination.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/** The Lua scripts; each says in its head what it takes. */
enum Script {
  ADMIT,
  SETTLE,
  SHARE,
  RATE,
  BEAT,
  ENTER,
  KEEP,
  LOCATE,
  REMEMBER,
  FORGET;

  byte[] source() {
    String name = name().toLowerCase(Locale.ROOT) + ".lua";
    try (InputStream in = Script.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + ": missing (expected: in the jar)");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
