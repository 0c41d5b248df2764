package dev.drover.mesh;

import dev.drover.mesh.Mesh.Kind;

/** An Envoy Gateway with two filters. */
class EnvoyGatewayIT extends MeshChecks {
  EnvoyGatewayIT() {
    super(Kind.ENVOY_GATEWAY, true);
  }
}
