package dev.drover.extproc;

import dev.drover.exchange.Exchange;
import dev.drover.exchange.Inbound;
import dev.drover.exchange.Joint;
import dev.drover.exchange.Outbound;
import dev.drover.types.Bytes;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One ext_proc stream: flow control, cancellation, and one answer per message. Its callbacks run on
 * the event loop, what it waits for comes from elsewhere; a lock keeps them apart.
 *
 * <p>A message is asked for only once the answers to the one before could be written, so a slow
 * Envoy holds at most one message here. A half-close and a cancel are both a normal end: Envoy ends
 * streams either way.
 */
final class ExtProcCall implements StreamObserver<Bytes> {
  private static final Logger log = LoggerFactory.getLogger(ExtProcCall.class);

  private final Exchange exchange;
  private final ServerCallStreamObserver<OutMessage> envoy;
  private final Runnable closed;
  private boolean done;
  private boolean owesRequest;

  /**
   * @param closed is told once when it is over
   */
  ExtProcCall(Exchange exchange, ServerCallStreamObserver<OutMessage> envoy, Runnable closed) {
    this.exchange = exchange;
    this.closed = closed;
    this.envoy = envoy;
    envoy.disableAutoRequest();
    envoy.setOnCancelHandler(this::close);
    envoy.setOnCloseHandler(this::close);
    envoy.setOnReadyHandler(this::ready);
    envoy.request(1);
  }

  @Override
  public synchronized void onNext(Bytes message) {
    if (done) {
      return;
    }
    Inbound in;
    try {
      in = Inbounds.of(message);
    } catch (IOException e) {
      fail("message: " + e.getMessage() + " (expected: a ProcessingRequest)");
      return;
    }
    if (in == null) {
      fail("message: of no known kind (expected: one of ProcessingRequest as of Envoy 1.36)");
      return;
    }
    boolean ofRequest =
        in instanceof Inbound.RequestHeaders
            || in instanceof Inbound.RequestBody
            || in instanceof Inbound.RequestTrailers;
    answer(exchange.advance(in), ofRequest);
  }

  /**
   * What was waited for is there; it belongs to a message of the request. What goes wrong here ends
   * the call, as gRPC has it for its own callbacks.
   */
  private synchronized void replied(Joint.@Nullable Reply reply, @Nullable Throwable error) {
    if (done) {
      return;
    }
    if (reply == null) {
      broken(error);
      return;
    }
    try {
      answer(exchange.advance(new Inbound.Replied(reply)), true);
    } catch (RuntimeException e) {
      broken(e);
    }
  }

  private void broken(@Nullable Throwable error) {
    log.error("exchange ended by", error);
    close();
    envoy.onError(Status.UNKNOWN.asRuntimeException());
  }

  private void answer(List<Outbound> answers, boolean ofRequest) {
    for (Outbound out : answers) {
      if (out instanceof Outbound.ProtocolError(String message)) {
        fail(message);
        return;
      }
      if (out instanceof Outbound.Later(CompletionStage<Joint.Reply> reply)) {
        reply.whenComplete(this::replied);
        return;
      }
      Outbounds.of(out, ofRequest).forEach(envoy::onNext);
    }
    owesRequest = true;
    ready();
  }

  @Override
  public synchronized void onError(Throwable error) {
    close();
  }

  @Override
  public synchronized void onCompleted() {
    if (!done) {
      close();
      envoy.onCompleted();
    }
  }

  private synchronized void ready() {
    if (owesRequest && !done && envoy.isReady()) {
      owesRequest = false;
      envoy.request(1);
    }
  }

  private synchronized void close() {
    if (!done) {
      done = true;
      closed.run();
      exchange.advance(new Inbound.Closed());
    }
  }

  private void fail(String message) {
    log.warn("ext_proc stream refused: {}", message);
    close();
    envoy.onError(Status.FAILED_PRECONDITION.withDescription(message).asRuntimeException());
  }
}
