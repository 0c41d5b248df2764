package dev.drover.exchange.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcquiredResourcesTest {
  private final List<String> released = new ArrayList<>();

  @Test
  void whatIsHeld_isGivenBackInReverse_alsoAfterAnError() {
    assertThatThrownBy(
            () -> {
              try (AcquiredResources acquired = new AcquiredResources()) {
                acquired.add(() -> released.add("first"));
                acquired.add(() -> released.add("second"));
                throw new StackOverflowError();
              }
            })
        .isInstanceOf(StackOverflowError.class);
    assertThat(released).containsExactly("second", "first");
  }

  @Test
  void releaseThatFails_keepsNoOtherFromRunning() {
    AcquiredResources acquired = new AcquiredResources();
    acquired.add(() -> released.add("first"));
    acquired.add(
        () -> {
          throw new IllegalStateException("second");
        });
    assertThatThrownBy(acquired::close).hasMessage("second");
    assertThat(released).containsExactly("first");
  }

  @Test
  void whatIsKept_isSomebodyElses() {
    try (AcquiredResources acquired = new AcquiredResources()) {
      acquired.add(() -> released.add("first"));
      acquired.keep();
    }
    assertThat(released).isEmpty();
  }
}
