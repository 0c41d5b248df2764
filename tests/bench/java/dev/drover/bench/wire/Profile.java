package dev.drover.bench.wire;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
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

  /**
   * Shares of the CPU time, from 0 to 1.
   *
   * @param own Drover's
   * @param sqlite of it in SQLite and its driver
   */
  record Shares(double own, double sqlite) {}

  static Shares of(Path recording) throws IOException {
    List<List<RecordedFrame>> samples =
        RecordingFile.readAllEvents(recording).stream()
            .filter(event -> event.getEventType().getName().equals(CPU))
            .filter(event -> event.getStackTrace() != null)
            .map(event -> event.getStackTrace().getFrames())
            .toList();
    if (samples.isEmpty()) {
      throw new IllegalStateException(CPU + ": none recorded (expected: JDK 25 on Linux)");
    }
    return new Shares(share(samples, Profile::own), share(samples, Profile::sqlite));
  }

  private static double share(
      List<List<RecordedFrame>> samples, Predicate<List<RecordedFrame>> which) {
    return (double) samples.stream().filter(which).count() / samples.size();
  }

  private static boolean sqlite(List<RecordedFrame> frames) {
    return frames.stream().anyMatch(frame -> type(frame).startsWith("org.sqlite."));
  }

  private static String type(RecordedFrame frame) {
    return frame.getMethod().getType().getName();
  }

  /** Whether the innermost frame that is either ours or the transport's is ours. */
  private static boolean own(List<RecordedFrame> frames) {
    for (RecordedFrame frame : frames) {
      String type = type(frame);
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
