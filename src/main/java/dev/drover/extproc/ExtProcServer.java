package dev.drover.extproc;

import dev.drover.config.ServerConfig;
import dev.drover.config.TlsConfig;
import dev.drover.exchange.ExchangeContext;
import dev.drover.types.HostPort;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The ext_proc server on TCP or a Unix socket, with gRPC health and reflection. Everything runs on
 * its event loops; nothing there may block.
 */
public final class ExtProcServer implements AutoCloseable {
  private static final String UNIX = "unix:";
  private static final int FLOW_CONTROL_WINDOW = 1 << 20;

  private final ServerConfig config;
  private final Server server;
  private final EventLoopGroup loops;
  private final HealthStatusManager health;

  private ExtProcServer(
      ServerConfig config, Server server, EventLoopGroup loops, HealthStatusManager health) {
    this.config = config;
    this.server = server;
    this.loops = loops;
    this.health = health;
  }

  /**
   * Binds and serves.
   *
   * @throws IOException when the address cannot be bound or a TLS file not be read; the message
   *     names it
   */
  public static ExtProcServer start(ServerConfig config, ExchangeContext context)
      throws IOException {
    HealthStatusManager health = new HealthStatusManager();
    boolean epoll = Epoll.isAvailable();
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            new DefaultThreadFactory("drover-io", true),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    try {
      NettyServerBuilder builder =
          NettyServerBuilder.forAddress(address(config.listen(), epoll))
              .channelType(channel(config.listen(), epoll))
              .bossEventLoopGroup(loops)
              .workerEventLoopGroup(loops)
              .directExecutor()
              .maxInboundMessageSize(config.maxMessage().toInt())
              .flowControlWindow(FLOW_CONTROL_WINDOW)
              .permitKeepAliveTime(10, TimeUnit.SECONDS)
              .permitKeepAliveWithoutCalls(true)
              .addService(new ExtProcService(context))
              .addService(health.getHealthService())
              .addService(ProtoReflectionServiceV1.newInstance());
      if (config.tls() != null) {
        builder.sslContext(tls(config.tls()).build());
      }
      return new ExtProcServer(config, builder.build().start(), loops, health);
    } catch (IOException | RuntimeException e) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new IOException("server.listen: " + config.listen() + ": " + cause(e), e);
    }
  }

  /** Where it listens: {@code host:port} with the real port, or {@code unix:/path}. */
  public String address() {
    SocketAddress bound = server.getListenSockets().getFirst();
    return bound instanceof InetSocketAddress inet
        ? HostPort.text(inet.getAddress().getHostAddress(), inet.getPort())
        : config.listen();
  }

  /** Refuses new streams and lets those under way finish, at most the configured time. */
  public void drain() throws InterruptedException {
    health.enterTerminalState();
    server.shutdown();
    Duration limit = config.drain();
    if (!server.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      server.shutdownNow();
      server.awaitTermination(1, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    if (config.listen().startsWith(UNIX)) {
      delete(Path.of(config.listen().substring(UNIX.length())));
    }
  }

  /** Tells gRPC health checks that exchanges are welcome. */
  public void serving() {
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
  }

  private static SocketAddress address(String listen, boolean epoll) throws IOException {
    if (!listen.startsWith(UNIX)) {
      HostPort at = HostPort.parse(listen);
      return new InetSocketAddress(at.host(), at.port());
    }
    if (!epoll) {
      throw new IOException("Unix sockets need Linux with epoll");
    }
    Path path = Path.of(listen.substring(UNIX.length()));
    delete(path);
    return new DomainSocketAddress(path.toString());
  }

  private static Class<? extends ServerChannel> channel(String listen, boolean epoll) {
    if (listen.startsWith(UNIX)) {
      return EpollServerDomainSocketChannel.class;
    }
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  private static SslContextBuilder tls(TlsConfig tls) {
    SslContextBuilder builder =
        GrpcSslContexts.forServer(new File(tls.certificate()), new File(tls.privateKey()));
    return tls.clientCa() == null
        ? builder
        : builder.trustManager(new File(tls.clientCa())).clientAuth(ClientAuth.REQUIRE);
  }

  private static void delete(Path socket) {
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      throw new IllegalStateException(socket + ": stale socket cannot be removed", e);
    }
  }

  private static String cause(Throwable e) {
    return String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
  }
}
