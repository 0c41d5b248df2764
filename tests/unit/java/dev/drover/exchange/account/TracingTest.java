package dev.drover.exchange.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.message.HeaderEdits;
import dev.drover.message.Headers;
import dev.drover.record.TraceContext;
import dev.drover.types.UuidV7;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracingTest {
  private static final String ID = "0af7651916cd43dd8448eb211c80319c";
  private static final String GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private static TraceContext begin(Tracing tracing, String traceparent) {
    return tracing.begin(ID, Headers.of(Map.of("traceparent", traceparent)));
  }

  @Test
  void soundHeader_isFollowed() {
    TraceContext trace = begin(new Tracing(true, 0), GIVEN);
    assertThat(trace.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(trace.parentId()).isEqualTo("00f067aa0ba902b7");
    assertThat(trace.sampled()).isTrue();
    assertThat(trace.passOn("00000000000000ff").set())
        .containsEntry("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00000000000000ff-01");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x"
      })
  void malformedHeader_beginsATraceOfItsOwn(String traceparent) {
    TraceContext trace = begin(new Tracing(true, 1), traceparent);
    assertThat(trace.traceId()).isEqualTo(ID);
    assertThat(trace.parentId()).isNull();
    assertThat(trace.passOn("00000000000000ff").remove()).containsExactly("tracestate");
  }

  @Test
  void headerOfALaterVersion_isReadAsFarAsItIsKnown() {
    assertThat(begin(new Tracing(true, 1), "01" + GIVEN.substring(2) + "-more").traceId())
        .isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
  }

  @Test
  void switchedOff_onlyTheClientsTraceIsKnown() {
    TraceContext trace = begin(Tracing.OFF, GIVEN);
    assertThat(trace.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(trace.sampled()).isFalse();
    assertThat(trace.passOn("00000000000000ff")).isEqualTo(HeaderEdits.NONE);
  }

  @Test
  void aShareOfTraces_isThatShare_andAlwaysTheSameOnes() {
    Tracing tenth = new Tracing(true, 0.1);
    int kept = 0;
    for (int i = 0; i < 20_000; i++) {
      String id = UuidV7.hex(InstantSource.system()); // as the server makes them
      boolean sampled = tenth.begin(id, Headers.of(Map.of())).sampled();
      assertThat(tenth.begin(id, Headers.of(Map.of())).sampled()).isEqualTo(sampled);
      kept += sampled ? 1 : 0;
    }
    assertThat(kept).isBetween(1_700, 2_300); // seven standard deviations
  }
}
