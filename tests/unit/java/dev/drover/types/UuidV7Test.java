package dev.drover.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testing.Cases;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UuidV7Test {
  @Test
  void id_hasItsTimeItsVersionAndItsVariant() {
    Cases.each(
        random -> {
          Instant time = Instant.ofEpochMilli(random.nextLong(1L << 47));
          String hex = UuidV7.hex(() -> time);
          assertThat(hex).matches("[0-9a-f]{32}");
          UUID uuid =
              new UUID(
                  Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16));
          assertThat(uuid.version()).isEqualTo(7);
          assertThat(uuid.variant()).isEqualTo(2);
          assertThat(uuid.getMostSignificantBits() >>> 16).isEqualTo(time.toEpochMilli());
        });
  }
}
