package dev.drover.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testing.FakeTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SeldomTest {
  @Test
  void burst_thenSoManyAMinute_andThoseLeftOutAreTold() {
    FakeTicker time = new FakeTicker();
    Seldom seldom = new Seldom(time, 5, 60);
    for (int i = 0; i < 5; i++) {
      assertThat(seldom.take()).isZero();
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(seldom.take()).isNegative();
    }
    time.advance(Duration.ofMillis(1001));
    assertThat(seldom.take()).isEqualTo(1000);
    assertThat(seldom.take()).isNegative();
    time.advance(Duration.ofHours(1));
    int taken = 0;
    for (int i = 0; i < 100; i++) {
      taken += seldom.take() >= 0 ? 1 : 0;
    }
    assertThat(taken).isEqualTo(5);
    assertThat(Seldom.remark(0)).isEmpty();
    assertThat(Seldom.remark(7)).contains("7");
  }
}
