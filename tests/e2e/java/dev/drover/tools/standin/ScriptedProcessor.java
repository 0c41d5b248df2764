package dev.drover.tools.standin;

import io.envoyproxy.envoy.service.ext_proc.v3.BodyResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.HeadersResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest.RequestCase;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.TrailersResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An ext_proc server that answers as a test says; kinds without a script get an empty answer. */
final class ScriptedProcessor extends ExternalProcessorGrpc.ExternalProcessorImplBase
    implements AutoCloseable {
  /** What to do with one message. */
  interface Script {
    void on(ProcessingRequest request, Stream stream);
  }

  /** One open stream. */
  static final class Stream {
    private final ServerCallStreamObserver<ProcessingResponse> out;
    final int number;

    Stream(ServerCallStreamObserver<ProcessingResponse> out, int number) {
      this.out = out;
      this.number = number;
    }

    void send(ProcessingResponse.Builder response) {
      out.onNext(response.build());
    }

    void end() {
      out.onCompleted();
    }

    void fail() {
      out.onError(Status.INTERNAL.withDescription("scripted").asRuntimeException());
    }
  }

  final List<ProcessingRequest> received = new CopyOnWriteArrayList<>();
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger cancelled = new AtomicInteger();
  private final Map<RequestCase, Script> scripts = new EnumMap<>(RequestCase.class);
  private final Server server;

  ScriptedProcessor() {
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(this)
              .maxInboundMessageSize(Integer.MAX_VALUE)
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getPort();
  }

  void on(RequestCase kind, Script script) {
    scripts.put(kind, script);
  }

  /** The kinds of messages received, in order. */
  List<RequestCase> kinds() {
    return received.stream().map(ProcessingRequest::getRequestCase).toList();
  }

  @Override
  public StreamObserver<ProcessingRequest> process(StreamObserver<ProcessingResponse> out) {
    var call = (ServerCallStreamObserver<ProcessingResponse>) out;
    call.setOnCancelHandler(cancelled::incrementAndGet);
    Stream stream = new Stream(call, opened.incrementAndGet());
    return new StreamObserver<>() {
      @Override
      public void onNext(ProcessingRequest request) {
        received.add(request);
        Script script = scripts.get(request.getRequestCase());
        if (script != null) {
          script.on(request, stream);
        } else if (!request.getObservabilityMode()) {
          stream.send(empty(request.getRequestCase()));
        }
      }

      @Override
      public void onError(Throwable t) {}

      @Override
      public void onCompleted() {}
    };
  }

  /** The answer that changes nothing. */
  static ProcessingResponse.Builder empty(RequestCase kind) {
    ProcessingResponse.Builder response = ProcessingResponse.newBuilder();
    return switch (kind) {
      case REQUEST_HEADERS -> response.setRequestHeaders(HeadersResponse.getDefaultInstance());
      case RESPONSE_HEADERS -> response.setResponseHeaders(HeadersResponse.getDefaultInstance());
      case REQUEST_BODY -> response.setRequestBody(BodyResponse.getDefaultInstance());
      case RESPONSE_BODY -> response.setResponseBody(BodyResponse.getDefaultInstance());
      case REQUEST_TRAILERS -> response.setRequestTrailers(TrailersResponse.getDefaultInstance());
      case RESPONSE_TRAILERS -> response.setResponseTrailers(TrailersResponse.getDefaultInstance());
      case REQUEST_NOT_SET -> response;
    };
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
