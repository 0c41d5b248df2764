package dev.drover.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResponseCacheTest {
  private static final long MIB = 1 << 20;

  @Test
  void spared_isWhatIsAskedForAndHalfOfTheHeapAtMost() {
    assertThat(ResponseCache.spared(64 * MIB, 1024 * MIB)).isEqualTo(64 * MIB);
    assertThat(ResponseCache.spared(2048 * MIB, 1024 * MIB)).isEqualTo(512 * MIB);
  }
}
