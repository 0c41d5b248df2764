package dev.drover.extproc;

import dev.drover.exchange.Exchange;
import dev.drover.exchange.ExchangeContext;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicInteger;

/** The gRPC entry: Envoy opens a stream here per request, and per attempt. Thread-safe. */
final class ExtProcService extends ExternalProcessorGrpc.ExternalProcessorImplBase {
  private final ExchangeContext context;
  private final Turns turns = new Turns();

  ExtProcService(ExchangeContext context) {
    this.context = context;
  }

  @Override
  public StreamObserver<ProcessingRequest> process(StreamObserver<ProcessingResponse> envoy) {
    AtomicInteger turn = turns.opened();
    return new ExtProcCall(
        new Exchange(context),
        (ServerCallStreamObserver<ProcessingResponse>) envoy,
        turn::decrementAndGet);
  }

  /** The streams that are open. */
  Turns turns() {
    return turns;
  }
}
