package dev.drover.extproc;

import dev.drover.config.schema.ServerConfig;
import dev.drover.exchange.account.ExchangeContext;
import dev.drover.types.HostPort;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
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
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The ext_proc server on TCP or a Unix socket, with gRPC health and reflection. Everything runs on
 * its event loops; nothing there may block.
 */
public final class ExtProcServer implements AutoCloseable {
  /**
   * The library's logger for connections. Limited to warnings, because it logs at length each
   * connection that is not HTTP/2, such as a scanner's.
   */
  private static final Logger LIBRARY =
      Logger.getLogger("io.grpc.netty.NettyServerTransport.connections");

  static {
    LIBRARY.setLevel(Level.WARNING);
  }

  private static final String UNIX = "unix:";
  private static final int FLOW_CONTROL_WINDOW = 1 << 20;

  private final ServerConfig config;
  private final Server server;
  private final EventLoopGroup loops;
  private final HealthStatusManager health;
  private final ExtProcService service;
  private final @Nullable UnixSocket unixSocket;

  private ExtProcServer(
      ServerConfig config,
      Server server,
      EventLoopGroup loops,
      HealthStatusManager health,
      ExtProcService service) {
    this.config = config;
    this.server = server;
    this.loops = loops;
    this.health = health;
    this.service = service;
    this.unixSocket =
        config.listen().startsWith(UNIX)
            ? UnixSocket.bound(Path.of(config.listen().substring(UNIX.length())))
            : null;
  }

  /**
   * Binds and serves.
   *
   * @param tls null: plain text
   * @param more another service on the same port; null: there is none
   * @throws IOException when the address cannot be bound; the message names it
   */
  public static ExtProcServer start(
      ServerConfig config,
      @Nullable ServerTls tls,
      ExchangeContext context,
      @Nullable BindableService more)
      throws IOException {
    HealthStatusManager health = new HealthStatusManager();
    boolean epoll = Epoll.isAvailable();
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            new DefaultThreadFactory("drover-io", true),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    ExtProcService service = new ExtProcService(context, loops);
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
              .addService(service)
              .addService(health.getHealthService())
              .addService(ProtoReflectionServiceV1.newInstance());
      if (more != null) {
        builder.addService(more);
      }
      if (tls != null) {
        builder.sslContext(tls.context());
      }
      return new ExtProcServer(config, builder.build().start(), loops, health, service);
    } catch (IOException | RuntimeException e) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new IOException("server.listen: " + config.listen() + ": " + cause(e), e);
    }
  }

  /** Returns the listen address: {@code host:port} with the real port, or {@code unix:/path}. */
  public String address() {
    SocketAddress bound = server.getListenSockets().getFirst();
    return bound instanceof InetSocketAddress inet
        ? HostPort.text(inet.getAddress().getHostAddress(), inet.getPort())
        : config.listen();
  }

  /** Streams open now. */
  public int streams() {
    return service.generations().size();
  }

  /**
   * Remembers which streams are open; not before those remembered last {@link
   * #streamsOfLastTurnEnded have ended}. One thread turns and asks.
   */
  public void turn() {
    service.generations().turn();
  }

  /** Returns whether the streams that were open at the last turn have ended. */
  public boolean streamsOfLastTurnEnded() {
    return service.generations().ended();
  }

  /** Tells gRPC health checks that exchanges are no longer welcome; takes them all the same. */
  public void refuseHealthChecks() {
    health.enterTerminalState();
  }

  /** Refuses new streams and gives those that are open a last while. */
  public void drain(Duration limit) throws InterruptedException {
    server.shutdown();
    if (!server.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      server.shutdownNow();
      server.awaitTermination(1, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(1, TimeUnit.SECONDS); // loops that end may leave connections open
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    if (unixSocket != null) {
      unixSocket.remove();
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
    return new DomainSocketAddress(
        UnixSocket.free(Path.of(listen.substring(UNIX.length()))).toString());
  }

  private static Class<? extends ServerChannel> channel(String listen, boolean epoll) {
    if (listen.startsWith(UNIX)) {
      return EpollServerDomainSocketChannel.class;
    }
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  private static String cause(Throwable e) {
    return String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
  }
}
