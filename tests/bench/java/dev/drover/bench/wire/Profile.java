package dev.drover.bench.wire;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Which share of a server's work is its own: neither in gRPC, Netty and protobuf, nor in what they
 * call. The libraries that its own code calls are counted with it.
 *
 * @param cpu of the CPU time, from 0 to 1
 * @param allocated of the bytes allocated, from 0 to 1
 */
record Profile(double cpu, double allocated) {
  private static final String OWN = "dev.drover.";
  private static final String CPU = "jdk.CPUTimeSample";
  private static final String ALLOCATED = "jdk.ObjectAllocationSample";
  private static final List<String> TRANSPORT =
      List.of("io.grpc.", "io.netty.", "com.google.protobuf.", "io.envoyproxy.");

  /** What must be recorded for it. */
  static final Map<String, String> SETTINGS =
      Map.of(
          CPU + "#enabled", "true",
          CPU + "#throttle", "1ms",
          ALLOCATED + "#enabled", "true",
          ALLOCATED + "#throttle", "2000/s");

  static Profile of(Path recording) throws IOException {
    List<RecordedEvent> events = RecordingFile.readAllEvents(recording);
    return new Profile(
        share(events, CPU, _ -> 1), share(events, ALLOCATED, event -> event.getLong("weight")));
  }

  private static double share(
      List<RecordedEvent> events, String name, ToDoubleFunction<RecordedEvent> weight) {
    double own = 0;
    double all = 0;
    Set<Long> threads = new HashSet<>();
    for (RecordedEvent event : events) {
      if (!event.getEventType().getName().equals(name) || event.getStackTrace() == null) {
        continue;
      }
      RecordedThread thread = event.getThread();
      boolean first = thread == null || threads.add(thread.getId());
      if (first) {
        continue; // stands for all that the thread had done before
      }
      all += weight.applyAsDouble(event);
      own += own(event.getStackTrace().getFrames()) ? weight.applyAsDouble(event) : 0;
    }
    if (all == 0) {
      throw new IllegalStateException(name + ": none recorded (expected: JDK 25 on Linux)");
    }
    return own / all;
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
