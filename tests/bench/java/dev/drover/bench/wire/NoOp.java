package dev.drover.bench.wire;

import io.envoyproxy.envoy.service.ext_proc.v3.BodyMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.BodyResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.HeadersResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The least an ext_proc server can do, on Drover's transport: it answers CONTINUE to everything, or
 * else sends the request's body back, which is the least when something in it must be rewritten.
 */
public final class NoOp extends ExternalProcessorGrpc.ExternalProcessorImplBase {
  private static final int WINDOW = 1 << 20;
  private static final int LARGEST = 64 << 20;
  private static final CommonResponse CONTINUE = CommonResponse.getDefaultInstance();
  private static final ProcessingResponse REQUEST_HEADERS =
      ProcessingResponse.newBuilder()
          .setRequestHeaders(HeadersResponse.newBuilder().setResponse(CONTINUE))
          .build();
  private static final ProcessingResponse RESPONSE_HEADERS =
      ProcessingResponse.newBuilder()
          .setResponseHeaders(HeadersResponse.newBuilder().setResponse(CONTINUE))
          .build();
  private static final ProcessingResponse REQUEST_BODY =
      ProcessingResponse.newBuilder()
          .setRequestBody(BodyResponse.newBuilder().setResponse(CONTINUE))
          .build();
  private static final ProcessingResponse RESPONSE_BODY =
      ProcessingResponse.newBuilder()
          .setResponseBody(BodyResponse.newBuilder().setResponse(CONTINUE))
          .build();

  private final boolean echo;

  private NoOp(boolean echo) {
    this.echo = echo;
  }

  /**
   * Serves until it is stopped.
   *
   * @param args {@code unix:} and the path of a socket, or an address and a port; then {@code true}
   *     to send bodies back
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            new DefaultThreadFactory("noop-io", true), EpollIoHandler.newFactory());
    boolean unix = args[0].startsWith("unix:");
    String at = args[0].substring(args[0].indexOf(':') + 1);
    Server server =
        NettyServerBuilder.forAddress(
                unix
                    ? new DomainSocketAddress(at)
                    : new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(at)))
            .channelType(
                unix ? EpollServerDomainSocketChannel.class : EpollServerSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .directExecutor()
            .maxInboundMessageSize(LARGEST)
            .flowControlWindow(WINDOW)
            .addService(new NoOp(Boolean.parseBoolean(args[1])))
            .build()
            .start();
    server.awaitTermination();
  }

  @Override
  public StreamObserver<ProcessingRequest> process(StreamObserver<ProcessingResponse> envoy) {
    return new StreamObserver<>() {
      @Override
      public void onNext(ProcessingRequest request) {
        switch (request.getRequestCase()) {
          case REQUEST_HEADERS -> envoy.onNext(REQUEST_HEADERS);
          case REQUEST_BODY -> envoy.onNext(echo ? back(request) : REQUEST_BODY);
          case RESPONSE_HEADERS -> envoy.onNext(RESPONSE_HEADERS);
          case RESPONSE_BODY -> envoy.onNext(RESPONSE_BODY);
          default -> throw new IllegalStateException(request.getRequestCase() + ": not played");
        }
      }

      @Override
      public void onError(Throwable error) {
        // the player has left
      }

      @Override
      public void onCompleted() {
        envoy.onCompleted();
      }
    };
  }

  private static ProcessingResponse back(ProcessingRequest request) {
    return ProcessingResponse.newBuilder()
        .setRequestBody(
            BodyResponse.newBuilder()
                .setResponse(
                    CommonResponse.newBuilder()
                        .setBodyMutation(
                            BodyMutation.newBuilder().setBody(request.getRequestBody().getBody()))))
        .build();
  }
}
