package dev.drover.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.config.schema.MemoryConfig;
import dev.drover.testing.Cases;
import dev.drover.types.HeldBytes.Lease;
import dev.drover.types.HeldBytes.Refused;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeldBytesTest {
  @Test
  void oneCaller_leavesRoomForOthers() {
    HeldBytes held = new HeldBytes(() -> 300);
    List<Lease> alices = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      alices.add(held.lease());
      assertThat(alices.getLast().hold("alice", 10)).isNull();
    }
    assertThat(held.lease().hold("alice", 10)).isEqualTo(Refused.SHARE);
    for (int i = 0; i < 10; i++) {
      assertThat(held.lease().hold("bob", 10)).isNull();
    }
    assertThat(held.lease().hold("carol", 1)).isEqualTo(Refused.WHOLE);
    for (int i = 0; i < 11; i++) {
      alices.removeLast().release();
    }
    assertThat(held.lease().hold("alice", 10)).as("a third beside others").isNull();
    assertThat(held.lease().hold("alice", 10)).isEqualTo(Refused.SHARE);
  }

  @Test
  void oneLargeRequestOfACaller_isNoMatterOfShares() {
    HeldBytes held = new HeldBytes(() -> 300);
    assertThat(held.lease().hold("alice", 10)).isNull();
    Lease large = held.lease();
    assertThat(large.hold("bob", 250)).isNull();
    assertThat(held.lease().hold("bob", 1)).isEqualTo(Refused.SHARE);
    large.release();
    large.release();
    assertThat(held.held()).isEqualTo(10);
  }

  @Test
  void anyOrder_staysWithinTheBound_andEndsAtNothing() {
    Cases.each(
        random -> {
          long bound = 1L + random.nextInt(1000);
          HeldBytes held = new HeldBytes(() -> bound);
          List<Lease> all = new ArrayList<>();
          for (int i = 0; i < 200; i++) {
            if (all.isEmpty() || random.nextInt(3) == 0) {
              all.add(held.lease());
            }
            Lease lease = all.get(random.nextInt(all.size()));
            long before = lease.bytes();
            if (random.nextBoolean()) {
              lease.release();
            } else {
              long total = random.nextInt(400);
              boolean taken = lease.hold("caller " + random.nextInt(3), total) == null;
              assertThat(lease.bytes()).isEqualTo(taken ? total : before);
            }
            assertThat(held.held()).isEqualTo(all.stream().mapToLong(Lease::bytes).sum());
            assertThat(held.held()).isBetween(0L, bound);
          }
          all.forEach(Lease::release);
          assertThat(held.held()).isZero();
        });
  }

  @ParameterizedTest
  @CsvSource({"50%, 500", "90%, 900", "1%, 10", "2KiB, 2048", "3MiB, 3145728", "1GiB, 1073741824"})
  void bound_isAShareOfTheHeapOrASize(String text, long bytes) {
    assertThat(new MemoryConfig(text).heldBytes(1000)).isEqualTo(bytes);
  }
}
