package dev.drover.standin;

import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;

/** The gRPC connection to an ext_proc server. Thread-safe; events come on gRPC's threads. */
final class ExtProcClient implements AutoCloseable {
  /** What a call hears. */
  interface Events {
    void message(ProcessingResponse message);

    void closed(Status status);
  }

  /** One open stream. Used from one event loop. */
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

  private final ManagedChannel channel;

  ExtProcClient(ManagedChannel channel) {
    this.channel = channel;
  }

  Call open(Events events) {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff(); // Envoy connects when a request needs it, and does not wait
    }
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
    channel.shutdownNow();
    try {
      channel.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
