package dev.drover.render;

import static dev.drover.render.Tree.extension;
import static dev.drover.render.Tree.map;
import static dev.drover.render.Tree.typed;

import dev.drover.config.schema.EnvoyConfig;
import dev.drover.config.schema.EnvoyTlsConfig;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.types.HostPort;
import dev.drover.types.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The ext_proc filters and the cluster they call. */
final class ExtProcYaml {
  static final String CLUSTER = "drover_ext_proc";
  static final String FILTER = "envoy.filters.http.ext_proc";
  private static final String MESSAGE =
      "envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor";
  private static final String UNIX = "unix:";

  private final GatewayConfig config;
  private final List<String> addresses;
  private final String clusterName;

  /** Drover is reached where the config says. */
  ExtProcYaml(GatewayConfig config) {
    this(
        config,
        config.envoy().extProc().isEmpty()
            ? List.of(config.server().listen())
            : config.envoy().extProc(),
        CLUSTER);
  }

  /**
   * @param addresses where Drover is reached: {@code host:port} or {@code unix:/path}
   * @param clusterName the cluster that Drover is reached by
   */
  ExtProcYaml(GatewayConfig config, List<String> addresses, String clusterName) {
    this.config = config;
    this.addresses = List.copyOf(addresses);
    this.clusterName = clusterName;
  }

  /**
   * Returns the {@code envoy_grpc} that calls Drover. Without an authority Envoy sends the name of
   * the cluster, and proxies that check headers refuse a name that is no host.
   */
  Map<String, Object> grpc() {
    return map("cluster_name", clusterName, "authority", authority());
  }

  private String authority() {
    EnvoyTlsConfig tls = config.envoy().extProcTls();
    if (tls != null) {
      return tls.serverName();
    }
    String address = addresses.getFirst();
    return address.startsWith(UNIX) ? "localhost" : reached(HostPort.parse(address).host());
  }

  /**
   * Returns the config that turns the filter on for a route. Istio refuses a config without a type,
   * so the shorter {@code FilterConfig} with an empty one will not do.
   */
  static Map<String, Object> enabled() {
    return typed("envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute", "overrides", map());
  }

  /** The filter that sees each request once: reads, decides, counts. */
  Map<String, Object> routerLevel() {
    EnvoyConfig envoy = config.envoy();
    return extension(
        FILTER,
        processor(
            "failure_mode_allow",
            envoy.passThrough() != null,
            "status_on_error",
            map("code", LocalReplies.NO_ANSWER),
            "allow_mode_override",
            true,
            "processing_mode",
            modes("BUFFERED", "STREAMED"),
            "request_attributes",
            config.saysWhoMayCall()
                ? List.of(Wire.PEER_ATTRIBUTE)
                : List.of(Wire.PEER_ATTRIBUTE, Wire.SOURCE_ATTRIBUTE),
            "response_attributes",
            List.of(Wire.TARGET_ATTRIBUTE, Wire.ATTEMPTS_ATTRIBUTE),
            "mutation_rules",
            map("allow_envoy", true),
            "metadata_options",
            routerMetadata()));
  }

  private Map<String, Object> routerMetadata() {
    return config.identity().jwt() == null
        ? map("receiving_namespaces", namespaces())
        : map(
            "forwarding_namespaces",
            map("untyped", List.of(Wire.JWT_NAMESPACE)),
            "receiving_namespaces",
            namespaces());
  }

  /** The filter that sees each attempt: fits the request to the attempt's target. */
  Map<String, Object> upstreamLevel() {
    return extension(
        "dev.drover.upstream",
        processor(
            "status_on_error",
            map("code", "ServiceUnavailable"),
            "allow_mode_override",
            true,
            "processing_mode",
            modes("NONE", "NONE"),
            "request_attributes",
            List.of(Wire.TARGET_ATTRIBUTE),
            "mutation_rules",
            map("allow_all_routing", true),
            "metadata_options",
            map("forwarding_namespaces", namespaces(), "receiving_namespaces", namespaces())));
  }

  /** The filter that sees each copy of a request: fits it to its target and reads its answer. */
  Map<String, Object> shadowLevel() {
    return extension(
        "dev.drover.shadow",
        processor(
            "status_on_error",
            map("code", "ServiceUnavailable"),
            "processing_mode",
            modes("NONE", "STREAMED"),
            "request_attributes",
            List.of(Wire.TARGET_ATTRIBUTE),
            "mutation_rules",
            map("allow_all_routing", true),
            "metadata_options",
            map("receiving_namespaces", namespaces())));
  }

  /**
   * Returns the config of an ext_proc filter: the settings that all filters share, and the given
   * ones.
   */
  private Map<String, Object> processor(Object... more) {
    Map<String, Object> processor =
        typed(
            MESSAGE,
            "grpc_service",
            map("envoy_grpc", grpc()),
            "message_timeout",
            Tree.seconds(config.envoy().messageTimeout()));
    processor.putAll(map(more));
    return processor;
  }

  /**
   * Returns the filter that removes what proxies add and no provider should see.
   *
   * @param restoresLength whether it also puts the length back, which Envoy drops when a filter
   *     before this one replaces a body
   */
  static Map<String, Object> providerHeaders(boolean restoresLength) {
    List<Object> mutations = new ArrayList<>();
    if (restoresLength) {
      mutations.add(length());
    }
    mutations.add(map("remove_on_match", map("key_matcher", map("prefix", "x-envoy-"))));
    RouteYaml.NOT_FOR_PROVIDERS.stream()
        .filter(header -> !header.startsWith("x-envoy-"))
        .forEach(header -> mutations.add(map("remove", header)));
    return headerMutation(mutations);
  }

  private static Map<String, Object> length() {
    String value = "%%DYNAMIC_METADATA(%s:%s)%%".formatted(Wire.NAMESPACE, Wire.CONTENT_LENGTH_KEY);
    return map(
        "append",
        map(
            "header",
            map("key", "content-length", "value", value),
            "append_action",
            "ADD_IF_ABSENT"));
  }

  private static Map<String, Object> headerMutation(List<Object> mutations) {
    return extension(
        "envoy.filters.http.header_mutation",
        typed(
            "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
            "mutations",
            map("request_mutations", mutations)));
  }

  /** Returns the cluster of Drover itself. */
  Map<String, Object> cluster() {
    Map<String, Object> cluster =
        map(
            "name",
            CLUSTER,
            "type",
            type(addresses),
            "dns_lookup_family",
            "V4_PREFERRED",
            "connect_timeout",
            "1s",
            "per_connection_buffer_limit_bytes",
            RaisedLimits.bufferBytes(config),
            "circuit_breakers",
            RaisedLimits.circuitBreakers(),
            "health_checks",
            List.of(healthCheck()),
            "typed_extension_protocol_options",
            map(
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                typed(
                    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                    "explicit_http_config",
                    map(
                        "http2_protocol_options",
                        map("connection_keepalive", map("interval", "30s", "timeout", "5s"))))),
            "load_assignment",
            map(
                "cluster_name",
                CLUSTER,
                "endpoints",
                List.of(
                    map("lb_endpoints", addresses.stream().map(ExtProcYaml::endpoint).toList()))));
    EnvoyTlsConfig tls = config.envoy().extProcTls();
    if (tls != null) {
      cluster.put("transport_socket", TlsYaml.toDrover(tls));
    }
    return cluster;
  }

  /**
   * Sees within a second and a half that a Drover drains, which tells so for two seconds before it
   * stops. One slow answer makes nobody ill. One that is alone, or all that are ill, are asked all
   * the same: Envoy's panic threshold.
   */
  private static Map<String, Object> healthCheck() {
    return map(
        "timeout",
        "2s",
        "interval",
        "0.500s",
        "no_traffic_interval",
        "1s",
        "unhealthy_threshold",
        2,
        "healthy_threshold",
        1,
        "grpc_health_check",
        map());
  }

  private static String type(List<String> addresses) {
    boolean fixed =
        addresses.stream()
            .allMatch(
                address ->
                    address.startsWith(UNIX) || Tree.isAddress(HostPort.parse(address).host()));
    return fixed ? "STATIC" : "STRICT_DNS";
  }

  private static Map<String, Object> endpoint(String address) {
    return map("endpoint", map("address", at(address)));
  }

  private static Map<String, Object> at(String address) {
    if (address.startsWith(UNIX)) {
      return map("pipe", map("path", address.substring(UNIX.length())));
    }
    HostPort at = HostPort.parse(address);
    return Tree.address(reached(at.host()), at.port());
  }

  /** A server that listens on all addresses is reached on loopback. */
  private static String reached(String host) {
    return host.equals("0.0.0.0") || host.matches("\\[?::]?") ? "127.0.0.1" : host;
  }

  private static Map<String, Object> namespaces() {
    return map("untyped", List.of(Wire.NAMESPACE));
  }

  private static Map<String, Object> modes(String request, String response) {
    return map(
        "request_header_mode",
        "SEND",
        "request_body_mode",
        request,
        "response_header_mode",
        "SEND",
        "response_body_mode",
        response,
        "request_trailer_mode",
        "SKIP",
        "response_trailer_mode",
        "SKIP");
  }
}
