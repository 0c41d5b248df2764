package dev.drover.tools.standin;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.drover.xds.EnvoyTypes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fields of Envoy's messages that the stand-in implements, or may ignore because they only bear
 * on scale. A bootstrap with any other field is refused, so that nobody takes the stand-in's
 * behaviour for Envoy's.
 */
final class SupportedFields {
  private static final Map<String, Set<String>> FIELDS = new HashMap<>();

  static {
    fields("Bootstrap", "node admin static_resources dynamic_resources overload_manager");
    // Bounds against floods, which the stand-in is not there to hold
    fields("OverloadManager", "refresh_interval resource_monitors actions");
    fields("ResourceMonitor", "name typed_config");
    fields("FixedHeapConfig", "max_heap_size_bytes");
    fields("DownstreamConnectionsConfig", "max_active_downstream_connections");
    fields("OverloadAction", "name triggers");
    fields("Trigger", "name threshold");
    fields("ThresholdTrigger", "value");
    fields("DynamicResources", "ads_config cds_config");
    fields(
        "ApiConfigSource",
        "api_type transport_api_version set_node_on_first_message_only grpc_services");
    fields("ConfigSource", "ads initial_fetch_timeout resource_api_version");
    fields("AggregatedConfigSource", "");
    fields("Rds", "config_source route_config_name");
    fields("SdsSecretConfig", "name sds_config");
    fields("Node", "id cluster");
    fields("Admin", "address");
    fields("StaticResources", "listeners clusters");
    fields("Listener", "name address per_connection_buffer_limit_bytes filter_chains");
    fields("Address", "socket_address pipe");
    fields("SocketAddress", "address port_value");
    fields("Pipe", "path");
    fields("FilterChain", "filters");
    fields("Filter", "name typed_config");
    fields(
        "HttpConnectionManager",
        "stat_prefix use_remote_address stream_idle_timeout early_header_mutation_extensions access_log "
            + "local_reply_config route_config rds http_filters http_protocol_options request_headers_timeout "
            + "request_timeout http2_protocol_options upgrade_configs");
    fields("UpgradeConfig", "upgrade_type");
    fields("AccessLog", "name typed_config");
    fields("TypedExtensionConfig", "name typed_config");
    fields("StdoutAccessLog", "log_format");
    fields("SubstitutionFormatString", "json_format");
    fields("LocalReplyConfig", "mappers");
    fields("ResponseMapper", "filter status_code body_format_override");
    fields("AccessLogFilter", "and_filter status_code_filter metadata_filter");
    fields("AndFilter", "filters");
    fields("StatusCodeFilter", "comparison");
    fields("ComparisonFilter", "op value");
    fields("RuntimeUInt32", "default_value runtime_key");
    fields("MetadataFilter", "matcher match_if_key_not_found");
    fields("MetadataMatcher", "filter path value");
    fields("PathSegment", "key");
    fields("ValueMatcher", "bool_match");
    fields("RouteConfiguration", "name virtual_hosts");
    fields(
        "VirtualHost",
        "name domains request_body_buffer_limit request_headers_to_remove retry_policy routes "
            + "typed_per_filter_config");
    fields(
        "Route",
        "name match route direct_response request_body_buffer_limit request_headers_to_remove");
    fields("RouteMatch", "prefix path safe_regex headers");
    fields("HeaderMatcher", "name present_match string_match invert_match");
    fields("StringMatcher", "exact prefix suffix contains safe_regex");
    fields("RegexMatcher", "regex");
    fields("ListStringMatcher", "patterns");
    fields("DirectResponseAction", "status body");
    fields("DataSource", "inline_string filename");
    fields(
        "RouteAction",
        "cluster cluster_header auto_host_rewrite host_rewrite_literal timeout idle_timeout prefix_rewrite retry_policy request_mirror_policies");
    fields("RequestMirrorPolicy", "cluster cluster_header disable_shadow_host_suffix_append");
    fields(
        "RetryPolicy",
        "retry_on retriable_status_codes num_retries per_try_timeout retry_back_off rate_limited_retry_back_off "
            + "retry_priority");
    fields("RetryBackOff", "base_interval max_interval");
    fields("RateLimitedRetryBackOff", "reset_headers max_interval");
    fields("ResetHeader", "name format");
    fields("RetryPriority", "name typed_config");
    fields("PreviousPrioritiesConfig", "update_frequency");
    fields("HttpFilter", "name typed_config disabled");
    fields("ExtProcPerRoute", "overrides");
    fields("ExtProcOverrides", "");
    fields("Router", "suppress_envoy_headers");
    fields("UpstreamCodec", "");
    fields(
        "ExternalProcessor",
        "grpc_service http_service failure_mode_allow processing_mode request_attributes response_attributes "
            + "message_timeout mutation_rules max_message_timeout forward_rules allow_mode_override "
            + "disable_immediate_response metadata_options observability_mode disable_clear_route_cache "
            + "route_cache_action deferred_close_timeout send_body_without_waiting_for_header_response "
            + "allowed_override_modes status_on_error");
    fields("GrpcService", "envoy_grpc");
    fields("EnvoyGrpc", "cluster_name authority");
    fields(
        "ProcessingMode",
        "request_header_mode response_header_mode request_body_mode response_body_mode request_trailer_mode "
            + "response_trailer_mode");
    fields(
        "HeaderMutationRules",
        "allow_all_routing allow_envoy disallow_system disallow_all allow_expression disallow_expression "
            + "disallow_is_error");
    fields("HeaderForwardingRules", "allowed_headers disallowed_headers");
    fields("MetadataOptions", "forwarding_namespaces receiving_namespaces");
    fields("MetadataNamespaces", "untyped");
    fields("HttpStatus", "code");
    fields("HeaderMutation", "mutations remove remove_on_match append");
    fields("RemoveOnMatch", "key_matcher");
    fields("Mutations", "request_mutations");
    fields("HeaderValueOption", "header append_action keep_empty_value");
    fields("HeaderValue", "key value");
    fields(
        "Cluster",
        "name alt_stat_name type cluster_type dns_lookup_family upstream_connection_options "
            + "connect_timeout per_connection_buffer_limit_bytes circuit_breakers health_checks "
            + "typed_extension_protocol_options transport_socket transport_socket_matches load_assignment");
    fields("CustomClusterType", "name typed_config");
    fields("DnsCluster", "dns_lookup_family dns_refresh_rate respect_dns_ttl");
    fields(
        "HealthCheck",
        "timeout interval no_traffic_interval unhealthy_threshold healthy_threshold grpc_health_check");
    fields("GrpcHealthCheck", "");
    fields("CircuitBreakers", "thresholds");
    fields("Thresholds", "max_connections max_pending_requests max_requests max_retries");
    fields(
        "HttpProtocolOptions",
        "explicit_http_config common_http_protocol_options http_filters idle_timeout max_stream_duration");
    fields("UpstreamConnectionOptions", "tcp_keepalive");
    fields("TcpKeepalive", "keepalive_time keepalive_interval keepalive_probes");
    fields("ExplicitHttpConfig", "http_protocol_options http2_protocol_options");
    fields("Http1ProtocolOptions", "accept_http_10 default_host_for_http_10");
    fields(
        "Http2ProtocolOptions",
        "connection_keepalive max_concurrent_streams initial_stream_window_size initial_connection_window_size");
    fields("KeepaliveSettings", "interval timeout");
    fields("TransportSocketMatch", "name match transport_socket");
    fields("TransportSocket", "name typed_config");
    fields("RawBuffer", "");
    fields("UpstreamTlsContext", "sni auto_host_sni auto_sni_san_validation common_tls_context");
    fields("CommonTlsContext", "validation_context validation_context_sds_secret_config");
    fields("CertificateValidationContext", "trusted_ca");
    fields("ClusterLoadAssignment", "cluster_name endpoints");
    fields("LocalityLbEndpoints", "priority lb_endpoints");
    fields("LbEndpoint", "endpoint metadata");
    fields("Endpoint", "address hostname");
    fields("Metadata", "filter_metadata");
  }

  private SupportedFields() {}

  private static void fields(String message, String names) {
    Set<String> set = new TreeSet<>(Arrays.asList(names.split(" ", -1)));
    FIELDS.put(message, set);
  }

  /** Throws when a field is set that the stand-in does not implement, naming it. */
  static void check(Message message) {
    check(message, "");
  }

  private static void check(Message message, String path) {
    if (message instanceof Any any) {
      check(unpacked(any, path), path);
      return;
    }
    String file = message.getDescriptorForType().getFile().getPackage();
    if (file.equals("google.protobuf")) {
      return;
    }
    Set<String> known = FIELDS.getOrDefault(message.getDescriptorForType().getName(), Set.of());
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      String at = path.isEmpty() ? field.getName() : path + "." + field.getName();
      if (!known.contains(field.getName())) {
        throw new IllegalArgumentException(
            at + ": set (expected: a field that the stand-in implements)");
      }
      descend(field, entry.getValue(), at);
    }
  }

  private static void descend(FieldDescriptor field, Object value, String path) {
    if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
      return;
    }
    if (field.isMapField()) {
      return;
    }
    if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        check((Message) list.get(i), path + "[" + i + "]");
      }
    } else {
      check((Message) value, path);
    }
  }

  private static Message unpacked(Any any, String path) {
    var descriptor =
        EnvoyTypes.registry().find(any.getTypeUrl().substring(any.getTypeUrl().indexOf('/') + 1));
    if (descriptor == null) {
      throw new IllegalArgumentException(
          path
              + ": "
              + any.getTypeUrl()
              + " (expected: an extension that the stand-in implements)");
    }
    try {
      return DynamicMessage.parseFrom(descriptor, any.getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(path + ": cannot be read", e);
    }
  }
}
