package dev.drover.xds;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig;
import io.envoyproxy.envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;

/** The extensions of Envoy that Drover's configuration uses, and how they are read. */
public final class EnvoyTypes {
  private static final Descriptor EARLY_MUTATION =
      io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation
          .getDescriptor();

  private static final TypeRegistry REGISTRY =
      TypeRegistry.newBuilder()
          .add(HttpConnectionManager.getDescriptor())
          .add(ExternalProcessor.getDescriptor())
          .add(HeaderMutation.getDescriptor())
          .add(EARLY_MUTATION)
          .add(Router.getDescriptor())
          .add(UpstreamCodec.getDescriptor())
          .add(DnsCluster.getDescriptor())
          .add(PreviousPrioritiesConfig.getDescriptor())
          .add(UpstreamTlsContext.getDescriptor())
          .add(RawBuffer.getDescriptor())
          .add(HttpProtocolOptions.getDescriptor())
          .add(StdoutAccessLog.getDescriptor())
          .add(FixedHeapConfig.getDescriptor())
          .add(DownstreamConnectionsConfig.getDescriptor())
          .build();

  private EnvoyTypes() {}

  public static TypeRegistry registry() {
    return REGISTRY;
  }

  /**
   * Reads JSON as Envoy does.
   *
   * @throws InvalidProtocolBufferException when it has a field or type that Envoy does not know
   */
  public static Message parse(String json, Message.Builder builder)
      throws InvalidProtocolBufferException {
    JsonFormat.parser().usingTypeRegistry(REGISTRY).merge(json, builder);
    return builder.build();
  }
}
