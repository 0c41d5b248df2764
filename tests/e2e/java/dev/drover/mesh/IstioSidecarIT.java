package dev.drover.mesh;

import dev.drover.mesh.Mesh.Kind;

/** The callers' sidecars in Istio; Drover is reached by a Unix socket. */
class IstioSidecarIT extends MeshChecks {
  IstioSidecarIT() {
    super(Kind.ISTIO_SIDECAR, true);
  }
}
