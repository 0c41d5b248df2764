package dev.drover.tools.standin;

import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC connections to the hosts of an ext_proc cluster, in turn to those that are healthy; when
 * none is, to all of them. Thread-safe; events come on gRPC's threads.
 */
final class ExtProcClient implements AutoCloseable {
  /** Receives the messages and the end of a call. */
  interface Events {
    void message(ProcessingResponse message);

    void closed(Status status);
  }

  /** An open ext_proc stream. Used from one event loop. */
  static final class Call {
    private final ClientCall<ProcessingRequest, ProcessingResponse> call;
    private boolean ended;

    private Call(ClientCall<ProcessingRequest, ProcessingResponse> call) {
      this.call = call;
    }

    void send(ProcessingRequest message) {
      if (!ended) {
        call.sendMessage(message);
      }
    }

    /** Half-closes and resets at once, as Envoy does. */
    void cancel() {
      if (!ended) {
        ended = true;
        call.halfClose();
        call.cancel("stream ended", null);
      }
    }
  }

  /** A host and what its last check said; well until one has said otherwise. */
  private static final class Host {
    final ManagedChannel channel;
    volatile boolean well = true;
    private int failures;

    Host(ManagedChannel channel) {
      this.channel = channel;
    }

    synchronized void checked(boolean good, int threshold) {
      failures = good ? 0 : failures + 1;
      well = failures < threshold;
    }
  }

  private final List<Host> hosts;
  private final AtomicInteger turn = new AtomicInteger();
  private final @Nullable ScheduledExecutorService checks;

  /**
   * @param check how hosts are checked; null: they are not
   */
  ExtProcClient(List<ManagedChannel> channels, @Nullable HealthCheck check) {
    this.hosts = channels.stream().map(Host::new).toList();
    if (check == null) {
      checks = null;
    } else {
      long millis = Protos.duration(check.getInterval()).toMillis();
      long limit = Protos.duration(check.getTimeout()).toMillis();
      checks =
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofPlatform().daemon().name("standin-health").factory());
      checks.scheduleAtFixedRate(
          () -> check(limit, check.getUnhealthyThreshold().getValue()),
          0,
          millis,
          TimeUnit.MILLISECONDS);
    }
  }

  private void check(long limitMillis, int threshold) {
    for (Host host : hosts) {
      connectAgain(host.channel);
      HealthGrpc.newStub(host.channel)
          .withDeadlineAfter(limitMillis, TimeUnit.MILLISECONDS)
          .check(
              HealthCheckRequest.getDefaultInstance(),
              new StreamObserver<>() {
                @Override
                public void onNext(HealthCheckResponse answer) {
                  host.checked(answer.getStatus() == ServingStatus.SERVING, threshold);
                }

                @Override
                public void onError(Throwable error) {
                  host.checked(false, threshold);
                }

                @Override
                public void onCompleted() {
                  // the answer is all
                }
              });
    }
  }

  /** Envoy connects when a request needs it, and does not wait. */
  private static void connectAgain(ManagedChannel channel) {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
  }

  private Host next() {
    List<Host> well = hosts.stream().filter(host -> host.well).toList();
    List<Host> usable = well.isEmpty() ? hosts : well;
    return usable.get(Math.floorMod(turn.getAndIncrement(), usable.size()));
  }

  Call open(Events events) {
    ManagedChannel channel = next().channel;
    connectAgain(channel);
    ClientCall<ProcessingRequest, ProcessingResponse> call =
        channel.newCall(ExternalProcessorGrpc.getProcessMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(ProcessingResponse message) {
            events.message(message);
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            events.closed(status);
          }
        },
        new Metadata());
    call.request(1);
    return new Call(call);
  }

  @Override
  public void close() {
    if (checks != null) {
      checks.shutdownNow();
    }
    hosts.forEach(host -> host.channel.shutdownNow());
    try {
      for (Host host : hosts) {
        host.channel.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
