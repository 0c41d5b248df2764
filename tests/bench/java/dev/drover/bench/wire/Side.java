package dev.drover.bench.wire;

import dev.drover.e2e.EnvoyPlayer;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A server and who plays to it.
 *
 * @param players of each shape, one for each connection
 */
record Side(Subject subject, List<EnvoyPlayer[]> players, List<ManagedChannel> channels) {
  /** Exchanges under way when as many are made as a server carries. */
  static final int AT_ONCE = 64;

  /** As many connections as an Envoy has that is not told otherwise: one for each worker. */
  static final int CONNECTIONS = Runtime.getRuntime().availableProcessors();

  private static final Duration SLICE = Duration.ofSeconds(2);

  /**
   * @param targetId of the target that answers
   * @param key of the caller
   */
  static Side of(Subject subject, List<Shape> shapes, String targetId, String key) {
    List<ManagedChannel> channels =
        Stream.generate(() -> Drive.channel(subject.address())).limit(CONNECTIONS).toList();
    List<EnvoyPlayer[]> players =
        shapes.stream()
            .map(
                shape ->
                    channels.stream()
                        .map(
                            channel ->
                                shape.player(channel, targetId, "authorization", "Bearer " + key))
                        .toArray(EnvoyPlayer[]::new))
            .toList();
    return new Side(subject, players, channels);
  }

  /** As many exchanges of a shape, by its index, as are carried. */
  Drive.Seen most(int shape, Duration time) throws IOException, InterruptedException {
    return Drive.closed(subject, players.get(shape), AT_ONCE, time);
  }

  /** So many exchanges a second, whether they are carried or not. */
  Drive.Seen atRate(int shape, double perSecond, Duration time)
      throws IOException, InterruptedException {
    return Drive.open(subject, players.get(shape), perSecond, time);
  }

  /** Until the compiler has little left to do, and no longer than a given time. */
  void warm(int shape, Duration most) throws IOException, InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    Duration before;
    do {
      before = subject.compiling();
      most(shape, SLICE);
    } while (subject.compiling().minus(before).compareTo(SLICE.dividedBy(20)) > 0
        && System.nanoTime() - end < 0);
  }

  void leave() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
