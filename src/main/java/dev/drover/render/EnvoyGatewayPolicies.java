package dev.drover.render;

import static dev.drover.render.EnvoyGatewayPlace.ENVOY_GATEWAY;
import static dev.drover.render.EnvoyGatewayPlace.GATEWAY_API;
import static dev.drover.render.Tree.map;

import dev.drover.catalog.Target;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.json.Yaml;
import dev.drover.types.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Renders the policies of Envoy Gateway for the routes to targets. */
record EnvoyGatewayPolicies(GatewayConfig config, EnvoyGatewayPlace place) {
  private static final String API = ENVOY_GATEWAY + "/v1alpha1";

  /** Envoy's own errors at these routes, in the order in which they are told apart. */
  private static final Map<Integer, String> MESSAGES =
      new TreeMap<>(
          Map.of(
              400, "The request could not be read.",
              408, "The request did not arrive in time.",
              413, "The request body is too large.",
              431, "The request headers are too large.",
              502, "The provider's answer could not be read.",
              503, "The provider could not be reached. Try again.",
              504, "The provider did not answer in time. Try again."));

  /**
   * Room, and the target's timeout for an attempt to its headers: what Drover says of it in headers
   * is not heard, since an EnvoyExtensionPolicy cannot allow that.
   */
  Map<String, Object> traffic(String route, Target target) {
    return place.resource(
        API,
        "BackendTrafficPolicy",
        route,
        map(
            "targetRefs",
            List.of(route(route)),
            "responseOverride",
            jsonErrors(),
            "connection",
            map("bufferLimit", quantity()),
            "circuitBreaker",
            circuitBreaker(),
            "timeout",
            map(
                "tcp",
                map("connectTimeout", "5s"),
                "http",
                map("requestTimeout", "0s", "connectionIdleTimeout", "50s")),
            "retry",
            map(
                "numRetries",
                1,
                "perRetry",
                map(
                    "timeout",
                    Tree.gatewayDuration(Duration.ofMillis(target.timeoutMillis())),
                    "backOff",
                    map("baseInterval", "25ms", "maxInterval", "250ms")),
                "retryOn",
                map("triggers", List.of("connect-failure", "refused-stream")))));
  }

  private static Map<String, Object> route(String name) {
    return map("group", GATEWAY_API, "kind", "HTTPRoute", "name", name);
  }

  /** For a route that sends no request to a target. */
  Map<String, Object> errors(String route) {
    return place.resource(
        API,
        "BackendTrafficPolicy",
        route,
        map("targetRefs", List.of(route(route)), "responseOverride", jsonErrors()));
  }

  /**
   * Puts Envoy's own errors into the clients' error shape: those of plain text, and the empty one
   * when Drover cannot be reached. Drover's refusals have a type of their own, and stay.
   */
  private static List<Object> jsonErrors() {
    List<Object> overrides = new ArrayList<>();
    overrides.add(
        override(
            map("statusCodes", List.of(map("type", "Value", "value", LocalReplies.NO_ANSWER))),
            RouteYaml.UNDECIDED,
            503));
    Map<String, Object> text =
        map("name", "content-type", "value", map("type", "Prefix", "value", "text/plain"));
    MESSAGES.forEach(
        (status, message) ->
            overrides.add(
                override(
                    map(
                        "statusCodes",
                        List.of(map("type", "Value", "value", status)),
                        "responseHeaders",
                        List.of(text)),
                    message,
                    status)));
    return overrides;
  }

  private static Map<String, Object> override(
      Map<String, Object> match, String message, int status) {
    return map(
        "match",
        match,
        "source",
        "Local",
        "response",
        map(
            "contentType",
            "application/json",
            "statusCode",
            status,
            "body",
            body(message, Integer.toString(status))));
  }

  private static Map<String, Object> circuitBreaker() {
    return map(
        "maxConnections",
        RaisedLimits.PLENTY,
        "maxPendingRequests",
        RaisedLimits.PLENTY,
        "maxParallelRequests",
        RaisedLimits.PLENTY,
        "maxParallelRetries",
        RaisedLimits.PLENTY);
  }

  Map<String, Object> extension() {
    Map<String, Object> extProc =
        map(
            "backendRefs",
            List.of(
                map(
                    "name",
                    place.service(),
                    "namespace",
                    place.serviceNamespace(),
                    "port",
                    place.servicePort())),
            "backendSettings",
            map("connection", map("bufferLimit", quantity()), "circuitBreaker", circuitBreaker()),
            "messageTimeout",
            Tree.gatewayDuration(config.envoy().messageTimeout()),
            "failOpen",
            config.envoy().passThrough() != null,
            "statusOnError",
            LocalReplies.NO_ANSWER,
            "processingMode",
            map(
                "allowModeOverride",
                true,
                "request",
                map("body", "Buffered", "attributes", List.of(Wire.PEER_ATTRIBUTE)),
                "response",
                map("body", "Streamed", "attributes", List.of(Wire.ATTEMPTS_ATTRIBUTE))),
            "metadata",
            map("writableNamespaces", List.of(Wire.NAMESPACE)));
    return place.resource(
        API,
        "EnvoyExtensionPolicy",
        place.name(),
        map("targetSelectors", List.of(place.ourRoutes()), "extProc", List.of(extProc)));
  }

  private String quantity() {
    return Long.toString(RaisedLimits.bufferBytes(config));
  }

  /** Returns the body of an error, as Envoy Gateway's resources have it. */
  static Map<String, Object> body(String message, String code) {
    return map("type", "Inline", "inline", Yaml.writeJsonLine(LocalReplies.error(message, code)));
  }
}
