package dev.drover.bench.wire;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Which share of a server's CPU time is its own: neither in gRPC, Netty and protobuf, nor in what
 * they call. The libraries that its own code calls are counted with it.
 */
final class Profile {
  private static final String OWN = "dev.drover.";
  private static final String CPU = "jdk.CPUTimeSample";
  private static final List<String> TRANSPORT =
      List.of("io.grpc.", "io.netty.", "com.google.protobuf.", "io.envoyproxy.");

  /** What must be recorded for it. */
  static final Map<String, String> SETTINGS =
      Map.of(CPU + "#enabled", "true", CPU + "#throttle", "1ms");

  private Profile() {}

  /** The share, from 0 to 1. */
  static double own(Path recording) throws IOException {
    List<RecordedEvent> samples =
        RecordingFile.readAllEvents(recording).stream()
            .filter(event -> event.getEventType().getName().equals(CPU))
            .filter(event -> event.getStackTrace() != null)
            .toList();
    if (samples.isEmpty()) {
      throw new IllegalStateException(CPU + ": none recorded (expected: JDK 25 on Linux)");
    }
    return (double) samples.stream().filter(event -> own(event.getStackTrace().getFrames())).count()
        / samples.size();
  }

  /** Whether the innermost frame that is either ours or the transport's is ours. */
  private static boolean own(List<RecordedFrame> frames) {
    for (RecordedFrame frame : frames) {
      String type = frame.getMethod().getType().getName();
      if (type.startsWith(OWN)) {
        return true;
      }
      if (TRANSPORT.stream().anyMatch(type::startsWith)) {
        return false;
      }
    }
    return false;
  }
}
