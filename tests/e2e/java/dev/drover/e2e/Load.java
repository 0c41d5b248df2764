package dev.drover.e2e;

import com.google.protobuf.ByteString;
import dev.drover.types.HostPort;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Exchanges at a steady rate, as Envoy would have them with Drover, whatever becomes of them. */
final class Load implements AutoCloseable {
  private static final String ANSWER =
      "{\"id\":\"a\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14}}";

  private final ManagedChannel channel;

  /** A Drover that cannot keep the rate up gets fewer exchanges, not a queue of them. */
  private static final int MOST_AT_ONCE = 256;

  private final EnvoyPlayer player;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong done = new AtomicLong();
  private final Queue<String> problems = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private volatile boolean stopping;

  /**
   * @param extProc where Drover listens
   * @param targetId the target that answers
   * @param headers more headers of each request
   */
  Load(String extProc, String targetId, int perSecond, String... headers) {
    channel = channel(extProc);
    player = player(channel, targetId, Http.chat("chat"), headers);
    thread = Thread.ofVirtual().start(() -> run(1_000_000_000L / perSecond));
  }

  static ManagedChannel channel(String extProc) {
    HostPort at = HostPort.parse(extProc);
    return NettyChannelBuilder.forAddress(at.host(), at.port()).usePlaintext().build();
  }

  /** Plays exchanges with this request and a good answer. */
  static EnvoyPlayer player(
      ManagedChannel channel, String targetId, String request, String... headers) {
    return new EnvoyPlayer(
        channel,
        targetId,
        ByteString.copyFromUtf8(request),
        "application/json",
        List.of(ByteString.copyFromUtf8(ANSWER)),
        headers);
  }

  private void run(long everyNanos) {
    for (long due = System.nanoTime(); !stopping; due += everyNanos) {
      LockSupport.parkNanos(due - System.nanoTime());
      if (!place()) {
        break;
      }
      due = Math.max(due, System.nanoTime() - everyNanos);
      sent.incrementAndGet();
      player
          .exchange()
          .whenComplete(
              (problem, error) -> {
                if (error == null && problem.isEmpty()) {
                  answered.incrementAndGet();
                } else {
                  problems.add(error == null ? problem : error.toString());
                }
                done.incrementAndGet();
                places.release();
              });
    }
  }

  /** Waits for a place; false when the load has been told to stop. */
  private boolean place() {
    try {
      while (!stopping) {
        if (places.tryAcquire(100, TimeUnit.MILLISECONDS)) {
          return true;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /** Exchanges begun so far. */
  long sent() {
    return sent.get();
  }

  /** Those that came to a good end. */
  long answered() {
    return answered.get();
  }

  /** What became of the others. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Begins no more and waits for the last to end. */
  @Override
  public void close() {
    stopping = true;
    try {
      thread.join();
      while (done.get() < sent.get()) {
        Thread.sleep(5);
      }
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
