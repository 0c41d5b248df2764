package dev.drover.tools.standin;

import dev.drover.types.HostPort;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap.DynamicResources;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The stand-in data plane, running. Thread-safe. */
public final class StandIn implements AutoCloseable {
  private static final long DEFAULT_BUFFER = 1 << 20;
  private static final Duration FIRST_TOLD = Duration.ofSeconds(15);
  private static final Duration DEFAULT_IDLE = Duration.ofMinutes(5);

  private final Map<String, Upstream> clusters = new LinkedHashMap<>();
  private final Map<String, ExtProcClient> clients = new ConcurrentHashMap<>();
  private final Map<EventLoop, UpstreamPool> pools = new ConcurrentHashMap<>();

  /**
   * The connections of clients and to upstreams. Closed explicitly, since event loops that end may
   * leave theirs open.
   */
  private final ChannelGroup connections =
      new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

  private final Map<String, Cluster> clusterConfigs = new LinkedHashMap<>();
  private final Counters counters = new Counters();
  private final Knobs knobs;
  private final HttpConnectionManager manager;
  private final RouteTable routes;
  private final @Nullable Discovered discovered;
  private final @Nullable ExtProcSettings routerLevel;
  private final LocalReplies localReplies;
  private final List<String> earlyRemovals;
  private final Consumer<StreamInfo> accessLog;
  private final long listenerBuffer;
  private final MultiThreadIoEventLoopGroup loops;
  private final @Nullable MultiThreadIoEventLoopGroup unixLoops;
  private final Channel listener;
  private final BootstrapReader reader = new BootstrapReader();

  /**
   * Reads a bootstrap and listens where it says; port 0 picks a free one.
   *
   * @param accessLog where access log lines go
   * @throws IllegalArgumentException when the bootstrap is none that Envoy and the stand-in both
   *     take, or the address cannot be bound
   */
  public StandIn(String bootstrapYaml, Knobs knobs, PrintStream accessLog) {
    this.knobs = knobs;
    BootstrapReader.Read read = reader.read(bootstrapYaml);
    manager = read.manager();
    routerLevel = read.routerLevel();
    routes = new RouteTable(manager.getRouteConfig());
    localReplies = new LocalReplies(manager.getLocalReplyConfig());
    earlyRemovals = BootstrapReader.earlyRemovals(manager);
    this.accessLog = accessLog(manager, accessLog);
    for (Cluster cluster : read.bootstrap().getStaticResources().getClustersList()) {
      clusterConfigs.put(cluster.getName(), cluster);
      clusters.put(cluster.getName(), reader.cluster(cluster));
    }
    Listener config = read.bootstrap().getStaticResources().getListeners(0);
    listenerBuffer =
        config.hasPerConnectionBufferLimitBytes()
            ? config.getPerConnectionBufferLimitBytes().getValue()
            : DEFAULT_BUFFER;
    loops =
        new MultiThreadIoEventLoopGroup(
            2, new DefaultThreadFactory("standin-io", true), NioIoHandler.newFactory());
    boolean unix = clusterConfigs.values().stream().anyMatch(cluster -> address(cluster).hasPipe());
    unixLoops =
        unix
            ? new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("standin-unix", true), EpollIoHandler.newFactory())
            : null;
    discovered = discover(read);
    listener = listen(BootstrapReader.at(config.getAddress()));
  }

  private @Nullable Discovered discover(BootstrapReader.Read read) {
    DynamicResources dynamic = read.bootstrap().getDynamicResources();
    if (!dynamic.hasAdsConfig()) {
      return null;
    }
    String server = dynamic.getAdsConfig().getGrpcServices(0).getEnvoyGrpc().getClusterName();
    Discovered told =
        new Discovered(
            channels(server).getFirst(),
            read.bootstrap(),
            manager.getRds().getRouteConfigName(),
            reader);
    try {
      told.await(FIRST_TOLD);
      return told;
    } catch (IllegalArgumentException e) {
      told.close();
      stopLoops();
      throw e;
    }
  }

  private Channel listen(HostPort at) {
    try {
      return new ServerBootstrap()
          .group(loops)
          .channel(NioServerSocketChannel.class)
          .childHandler(new ServerInitializer(this))
          .bind(at.host(), at.port())
          .syncUninterruptibly()
          .channel();
    } catch (Exception e) { // Netty throws a BindException, which it does not declare
      if (discovered != null) {
        discovered.close();
      }
      stopLoops();
      throw new IllegalArgumentException("listener: " + at + ": " + e.getMessage(), e);
    }
  }

  /** Returns the address that clients connect to, with the real port. */
  public HostPort address() {
    InetSocketAddress bound = (InetSocketAddress) listener.localAddress();
    String host =
        bound.getAddress().isAnyLocalAddress() ? "127.0.0.1" : bound.getAddress().getHostAddress();
    return new HostPort(host, bound.getPort());
  }

  /** Envoy's counters, as far as scenarios name them. */
  Counters counters() {
    return counters;
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    connections.close().syncUninterruptibly();
    if (discovered != null) {
      discovered.close();
    }
    clients.values().forEach(ExtProcClient::close);
    stopLoops();
  }

  private void stopLoops() {
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    if (unixLoops != null) {
      unixLoops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  // ---- for the streams

  Knobs knobs() {
    return knobs;
  }

  RouteTable routes() {
    RouteTable told = discovered == null ? null : discovered.routes();
    return told == null ? routes : told;
  }

  @Nullable ExtProcSettings routerLevel() {
    return routerLevel;
  }

  LocalReplies localReplies() {
    return localReplies;
  }

  /** Headers that are taken away before a route is chosen. */
  List<String> earlyRemovals() {
    return earlyRemovals;
  }

  Consumer<StreamInfo> accessLog() {
    return accessLog;
  }

  Duration streamIdleTimeout() {
    return manager.hasStreamIdleTimeout()
        ? Protos.duration(manager.getStreamIdleTimeout())
        : DEFAULT_IDLE;
  }

  long bufferLimit(RouteTable.@Nullable Found route) {
    return route == null || route.bodyLimit() == 0 ? listenerBuffer : route.bodyLimit();
  }

  @Nullable Upstream cluster(String name) {
    Upstream known = clusters.get(name);
    return known == null && discovered != null ? discovered.cluster(name) : known;
  }

  /** Takes a client's connection in, to be closed with the others. */
  void accepted(Channel client) {
    connections.add(client);
  }

  UpstreamPool pool(EventLoop loop) {
    return pools.computeIfAbsent(loop, of -> new UpstreamPool(of, connections));
  }

  /** A filter for one stream or attempt; null when there are no settings for one. */
  @Nullable ExtProcFilter filter(
      @Nullable ExtProcSettings settings, FilterHost host, Sink requestNext, Sink responseNext) {
    return settings == null
        ? null
        : new ExtProcFilter(
            settings, client(settings.cluster()), host, counters, knobs, requestNext, responseNext);
  }

  private ExtProcClient client(String cluster) {
    return clients.computeIfAbsent(cluster, this::connect);
  }

  private ExtProcClient connect(String name) {
    List<HealthCheck> checks = serving(name).getHealthChecksList();
    return new ExtProcClient(channels(name), checks.isEmpty() ? null : checks.getFirst());
  }

  private Cluster serving(String name) {
    Cluster cluster = clusterConfigs.get(name);
    if (cluster == null) {
      throw new IllegalArgumentException(
          "ext_proc: cluster " + name + " (expected: one of static_resources)");
    }
    if (cluster.hasTransportSocket()) {
      throw new IllegalArgumentException(
          "ext_proc: TLS to the server (expected: plain text, the stand-in knows no other)");
    }
    return cluster;
  }

  private List<ManagedChannel> channels(String cluster) {
    return serving(cluster).getLoadAssignment().getEndpointsList().stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .map(endpoint -> channel(endpoint.getEndpoint().getAddress()))
        .toList();
  }

  private ManagedChannel channel(Address address) {
    NettyChannelBuilder builder;
    if (address.hasPipe() && unixLoops != null) {
      builder =
          NettyChannelBuilder.forAddress(new DomainSocketAddress(address.getPipe().getPath()))
              .channelType(EpollDomainSocketChannel.class)
              .eventLoopGroup(unixLoops);
    } else {
      HostPort at = BootstrapReader.at(address);
      builder =
          NettyChannelBuilder.forAddress(at.host(), at.port())
              .eventLoopGroup(loops)
              .channelType(NioSocketChannel.class);
    }
    return builder.usePlaintext().directExecutor().maxInboundMessageSize(Integer.MAX_VALUE).build();
  }

  private static Address address(Cluster cluster) {
    return cluster.getLoadAssignment().getEndpoints(0).getLbEndpoints(0).getEndpoint().getAddress();
  }

  private static Consumer<StreamInfo> accessLog(HttpConnectionManager manager, PrintStream out) {
    if (manager.getAccessLogCount() == 0) {
      return _ -> {};
    }
    StdoutAccessLog config =
        BootstrapReader.unpack(manager.getAccessLog(0).getTypedConfig(), StdoutAccessLog.class);
    return info -> out.println(Format.json(config.getLogFormat().getJsonFormat(), info));
  }
}
