package dev.drover.xds;

import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The library's ADS on a thread of its own: the event loops are for requests. */
final class DiscoveryService extends AggregatedDiscoveryServiceImplBase {
  private final AggregatedDiscoveryServiceImplBase library;
  private final AckTracker ackTracker;
  private final Executor thread;

  DiscoveryService(V3DiscoveryServer server, AckTracker ackTracker, Executor thread) {
    this.library = server.getAggregatedDiscoveryServiceImpl();
    this.ackTracker = ackTracker;
    this.thread = thread;
  }

  @Override
  public StreamObserver<DiscoveryRequest> streamAggregatedResources(
      StreamObserver<DiscoveryResponse> envoy) {
    return heard(
        library.streamAggregatedResources(envoy),
        AckTracker.Message::of,
        request -> request.toBuilder().clearVersionInfo().build());
  }

  @Override
  public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
      StreamObserver<DeltaDiscoveryResponse> envoy) {
    return heard(
        library.deltaAggregatedResources(envoy), AckTracker.Message::of, request -> request);
  }

  private <T> StreamObserver<T> heard(
      StreamObserver<T> server, Function<T, AckTracker.Message> message, UnaryOperator<T> afresh) {
    long stream = ackTracker.opened();
    return new StreamObserver<>() {
      @Override
      public void onNext(T value) {
        run(
            () ->
                ackTracker.heard(
                    stream,
                    message.apply(value),
                    again -> server.onNext(again ? afresh.apply(value) : value)));
      }

      @Override
      public void onError(Throwable error) {
        run(() -> server.onError(error));
      }

      @Override
      public void onCompleted() {
        run(server::onCompleted);
      }
    };
  }

  private void run(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException _) {
      // Drover stops; so does this stream
    }
  }
}
