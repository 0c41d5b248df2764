/**
 * Drover as Envoy's control plane for what it owns: plan clusters, routes, the providers' CA. The
 * protocol is java-control-plane's; what is offered when, and what a refusal means, is here.
 */
@NullMarked
package dev.drover.xds;

import org.jspecify.annotations.NullMarked;
