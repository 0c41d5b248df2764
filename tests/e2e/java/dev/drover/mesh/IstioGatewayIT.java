package dev.drover.mesh;

import dev.drover.mesh.Mesh.Kind;

/** An Istio gateway with two filters; Drover has a sidecar. */
class IstioGatewayIT extends MeshChecks {
  IstioGatewayIT() {
    super(Kind.ISTIO_GATEWAY, true);
  }
}
