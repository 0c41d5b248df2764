package dev.drover.standin;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.util.JsonFormat.TypeRegistry;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;

/** The extensions that the stand-in implements. */
final class KnownTypes {
  private static final Descriptor EARLY_MUTATION =
      io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation
          .getDescriptor();

  private KnownTypes() {}

  static TypeRegistry registry() {
    return TypeRegistry.newBuilder()
        .add(HttpConnectionManager.getDescriptor())
        .add(ExternalProcessor.getDescriptor())
        .add(HeaderMutation.getDescriptor())
        .add(EARLY_MUTATION)
        .add(Router.getDescriptor())
        .add(UpstreamCodec.getDescriptor())
        .add(PreviousPrioritiesConfig.getDescriptor())
        .add(UpstreamTlsContext.getDescriptor())
        .add(RawBuffer.getDescriptor())
        .add(HttpProtocolOptions.getDescriptor())
        .add(StdoutAccessLog.getDescriptor())
        .build();
  }
}
