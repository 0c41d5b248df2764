package dev.drover.mesh;

import dev.drover.mesh.Mesh.Kind;

/** An Istio gateway with one filter; Drover has a sidecar. */
class IstioGatewayOneFilterIT extends MeshChecks {
  IstioGatewayOneFilterIT() {
    super(Kind.ISTIO_GATEWAY, false);
  }
}
