package dev.drover.bench.wire;

import dev.drover.e2e.EnvoyPlayer;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Plays exchanges against a server and measures both. */
final class Drive {
  private static final int WINDOW = 1 << 20;
  private static final int LARGEST = 64 << 20;
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

  /**
   * What was seen.
   *
   * @param perSecond exchanges
   * @param p50 to P99.9: of whole exchanges, in microseconds; at a rate counted from when each was
   *     due
   * @param cpuMicros of the server, for one exchange
   * @param allocatedBytes by the server, for one exchange
   */
  record Seen(
      double perSecond,
      double p50,
      double p99,
      double p999,
      double cpuMicros,
      double allocatedBytes,
      long residentMib) {}

  private Drive() {}

  static ManagedChannel channel(SocketAddress server) {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("player-io", true), EpollIoHandler.newFactory());
    return NettyChannelBuilder.forAddress(server)
        .channelType(
            server instanceof DomainSocketAddress
                ? EpollDomainSocketChannel.class
                : EpollSocketChannel.class)
        .eventLoopGroup(loop)
        .directExecutor()
        .maxInboundMessageSize(LARGEST)
        .flowControlWindow(WINDOW)
        .usePlaintext()
        .build();
  }

  /** As many as it can carry, a fixed number at a time. */
  static Seen closed(Subject subject, EnvoyPlayer[] players, int atOnce, Duration time)
      throws IOException, InterruptedException {
    Run run = new Run(subject);
    long end = System.nanoTime() + time.toNanos();
    for (int i = 0; i < atOnce; i++) {
      run.again(players[i % players.length], end);
    }
    return run.seen();
  }

  /** At a fixed rate, whatever becomes of those before. */
  static Seen open(Subject subject, EnvoyPlayer[] players, double perSecond, Duration time)
      throws IOException, InterruptedException {
    Run run = new Run(subject);
    long begin = System.nanoTime();
    long count = (long) (perSecond * time.toNanos() / 1e9);
    for (long i = 0; i < count; i++) {
      long due = begin + (long) (i * 1e9 / perSecond);
      while (System.nanoTime() - due < 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      run.one(players[(int) (i % players.length)], due);
    }
    return run.seen();
  }

  private static final class Run {
    private final Histogram latencies = new ConcurrentHistogram(LONGEST_NANOS, 3);
    private final AtomicLong done = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicReference<String> problem = new AtomicReference<>("");
    private final Subject subject;
    private final long cpu;
    private final long allocated;
    private final long begin = System.nanoTime();

    Run(Subject subject) {
      this.subject = subject;
      this.cpu = subject.cpu().toNanos();
      this.allocated = subject.allocated();
    }

    void again(EnvoyPlayer player, long end) {
      long began = System.nanoTime();
      open.incrementAndGet();
      player
          .exchange()
          .whenComplete(
              (wrong, error) -> {
                ended(wrong, error, began);
                if (System.nanoTime() - end < 0) {
                  again(player, end);
                }
                open.decrementAndGet();
              });
    }

    void one(EnvoyPlayer player, long due) {
      open.incrementAndGet();
      player
          .exchange()
          .whenComplete(
              (wrong, error) -> {
                ended(wrong, error, due);
                open.decrementAndGet();
              });
    }

    private void ended(String wrong, Throwable error, long began) {
      if (error != null || !wrong.isEmpty()) {
        problem.set(error == null ? wrong : error.toString());
      }
      done.incrementAndGet();
      latencies.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - began));
    }

    Seen seen() throws IOException, InterruptedException {
      while (open.get() > 0) {
        Thread.sleep(1);
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      if (!problem.get().isEmpty()) {
        throw new IOException(subject.name() + ": " + problem.get());
      }
      subject.settle(); // what it does behind, such as its ledger, is work of these exchanges too
      double count = done.get();
      return new Seen(
          count / seconds,
          latencies.getValueAtPercentile(50) / 1e3,
          latencies.getValueAtPercentile(99) / 1e3,
          latencies.getValueAtPercentile(99.9) / 1e3,
          (subject.cpu().toNanos() - cpu) / 1e3 / count,
          (subject.allocated() - allocated) / count,
          subject.residentMib());
    }
  }
}
