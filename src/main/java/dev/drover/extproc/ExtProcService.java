package dev.drover.extproc;

import dev.drover.exchange.Exchange;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.extproc.codec.OutMessage;
import dev.drover.types.Bytes;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.grpc.BindableService;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The gRPC entry: Envoy opens a stream here per request, and per attempt. Messages come and go as
 * bytes. Thread-safe.
 */
final class ExtProcService implements BindableService {
  private static final MethodDescriptor<Bytes, OutMessage> PROCESS =
      ExternalProcessorGrpc.getProcessMethod().toBuilder(new Received(), new Sent()).build();

  private final ExchangeContext context;
  private final EventExecutorGroup loops;
  private final StreamGenerations generations = new StreamGenerations();

  /**
   * @param loops carry all connections
   */
  ExtProcService(ExchangeContext context, EventExecutorGroup loops) {
    this.context = context;
    this.loops = loops;
  }

  @Override
  public ServerServiceDefinition bindService() {
    ServiceDescriptor described = ExternalProcessorGrpc.getServiceDescriptor();
    ServiceDescriptor service =
        ServiceDescriptor.newBuilder(described.getName())
            .setSchemaDescriptor(described.getSchemaDescriptor())
            .addMethod(PROCESS)
            .build();
    return ServerServiceDefinition.builder(service)
        .addMethod(PROCESS, ServerCalls.asyncBidiStreamingCall(this::process))
        .build();
  }

  private StreamObserver<Bytes> process(StreamObserver<OutMessage> envoy) {
    AtomicInteger turn = generations.opened();
    return new ExtProcCall(
        new Exchange(context),
        (ServerCallStreamObserver<OutMessage>) envoy,
        loop(),
        turn::decrementAndGet);
  }

  /** Returns the event loop that runs this very callback. */
  private EventExecutor loop() {
    for (EventExecutor loop : loops) {
      if (loop.inEventLoop()) {
        return loop;
      }
    }
    throw new IllegalStateException(
        "thread: " + Thread.currentThread() + " (expected: an event loop of the server)");
  }

  /** The streams that are open. */
  StreamGenerations generations() {
    return generations;
  }

  private static final class Received implements MethodDescriptor.Marshaller<Bytes> {
    @Override
    public InputStream stream(Bytes message) {
      throw new UnsupportedOperationException("a server sends no requests");
    }

    @Override
    public Bytes parse(InputStream message) {
      try {
        if (!(message instanceof KnownLength)) { // it was compressed
          return Bytes.of(message.readAllBytes());
        }
        byte[] all = new byte[message.available()];
        if (message.readNBytes(all, 0, all.length) < all.length) {
          throw new EOFException("message: cut (expected: " + all.length + " bytes)");
        }
        return Bytes.of(all);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Sent implements MethodDescriptor.Marshaller<OutMessage> {
    @Override
    public InputStream stream(OutMessage message) {
      return message.stream();
    }

    @Override
    public OutMessage parse(InputStream message) {
      throw new UnsupportedOperationException("a server gets no responses");
    }
  }
}
