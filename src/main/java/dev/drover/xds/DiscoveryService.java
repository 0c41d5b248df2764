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
  private final Hearing hearing;
  private final Executor thread;

  DiscoveryService(V3DiscoveryServer server, Hearing hearing, Executor thread) {
    this.library = server.getAggregatedDiscoveryServiceImpl();
    this.hearing = hearing;
    this.thread = thread;
  }

  @Override
  public StreamObserver<DiscoveryRequest> streamAggregatedResources(
      StreamObserver<DiscoveryResponse> envoy) {
    return heard(
        library.streamAggregatedResources(envoy),
        Hearing.Message::of,
        request -> request.toBuilder().clearVersionInfo().build());
  }

  @Override
  public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
      StreamObserver<DeltaDiscoveryResponse> envoy) {
    return heard(library.deltaAggregatedResources(envoy), Hearing.Message::of, request -> request);
  }

  private <T> StreamObserver<T> heard(
      StreamObserver<T> server, Function<T, Hearing.Message> message, UnaryOperator<T> afresh) {
    long stream = hearing.opened();
    return new StreamObserver<>() {
      @Override
      public void onNext(T value) {
        run(
            () ->
                hearing.heard(
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
