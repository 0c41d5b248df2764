package dev.drover.tools.standin;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;

/** The names of resources. */
final class Names {
  private Names() {}

  static String of(Any resource) {
    if (resource.is(Cluster.class)) {
      return BootstrapReader.unpack(resource, Cluster.class).getName();
    }
    if (resource.is(RouteConfiguration.class)) {
      return BootstrapReader.unpack(resource, RouteConfiguration.class).getName();
    }
    return BootstrapReader.unpack(resource, Secret.class).getName();
  }
}
