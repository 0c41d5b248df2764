package dev.drover.extproc;

import dev.drover.exchange.Exchange;
import dev.drover.extproc.codec.OutMessage;
import dev.drover.extproc.codec.ProcessingRequestReader;
import dev.drover.extproc.codec.ProcessingResponseWriter;
import dev.drover.message.Inbound;
import dev.drover.message.Outbound;
import dev.drover.types.Bytes;
import dev.drover.types.Seldom;
import dev.drover.types.Ticker;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one ext_proc stream: flow control, cancellation, and the replies to each message. Confined
 * to the event loop of its connection, where gRPC calls back and where replies that the exchange
 * awaits are delivered.
 *
 * <p>The next message is requested only once the replies to the last one could be written, so a
 * slow Envoy holds at most one message here. Both a half-close and a cancel are a normal end: Envoy
 * ends streams either way.
 */
final class ExtProcCall implements StreamObserver<Bytes> {
  private static final Logger log = LoggerFactory.getLogger(ExtProcCall.class);

  /** The lines of refused streams: whoever reaches the port can cause one a stream. */
  private static final Seldom REFUSED = new Seldom(Ticker.system(), 20, 20);

  private final Exchange exchange;
  private final ServerCallStreamObserver<OutMessage> envoy;
  private final EventExecutor loop;
  private final Runnable closed;
  private boolean done;
  private boolean owesRequest;

  /**
   * @param loop the event loop of the connection
   * @param closed is told once when it is over
   */
  ExtProcCall(
      Exchange exchange,
      ServerCallStreamObserver<OutMessage> envoy,
      EventExecutor loop,
      Runnable closed) {
    this.exchange = exchange;
    this.closed = closed;
    this.envoy = envoy;
    this.loop = loop;
    envoy.disableAutoRequest();
    envoy.setOnCancelHandler(this::close);
    envoy.setOnCloseHandler(this::close);
    envoy.setOnReadyHandler(this::ready);
    envoy.request(1);
  }

  @Override
  public void onNext(Bytes message) {
    if (done) {
      return;
    }
    Inbound in;
    try {
      in = ProcessingRequestReader.of(message);
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
    answer(advance(in), ofRequest);
  }

  private List<Outbound> advance(Inbound in) {
    assert loop.inEventLoop() : "an exchange off its event loop: " + Thread.currentThread();
    return exchange.advance(in);
  }

  /**
   * The reply that was awaited is there; it belongs to a message of the request. What goes wrong
   * here ends the call, as gRPC has it for its own callbacks.
   */
  private void replied() {
    try {
      List<Outbound> answers = advance(new Inbound.Replied());
      if (!done) {
        answer(answers, true);
      }
    } catch (RuntimeException | Error e) {
      log.error("exchange ended by", e);
      close();
      envoy.onError(Status.UNKNOWN.asRuntimeException());
    }
  }

  private void answer(List<Outbound> answers, boolean ofRequest) {
    for (Outbound out : answers) {
      if (out instanceof Outbound.ProtocolError(String message)) {
        fail(message);
        return;
      }
      if (out instanceof Outbound.Await(CompletionStage<?> reply)) {
        reply.whenComplete((_, _) -> loop.execute(this::replied));
        return;
      }
      ProcessingResponseWriter.of(out, ofRequest).forEach(envoy::onNext);
    }
    owesRequest = true;
    ready();
  }

  @Override
  public void onError(Throwable error) {
    close();
  }

  @Override
  public void onCompleted() {
    if (!done) {
      close();
      envoy.onCompleted();
    }
  }

  private void ready() {
    if (owesRequest && !done && envoy.isReady()) {
      owesRequest = false;
      envoy.request(1);
    }
  }

  private void close() {
    if (!done) {
      done = true;
      closed.run();
      advance(new Inbound.Closed());
    }
  }

  private void fail(String message) {
    long leftOut = REFUSED.take();
    if (leftOut >= 0) {
      log.warn("ext_proc stream refused: {}{}", message, Seldom.remark(leftOut));
    }
    close();
    envoy.onError(Status.FAILED_PRECONDITION.withDescription(message).asRuntimeException());
  }
}
