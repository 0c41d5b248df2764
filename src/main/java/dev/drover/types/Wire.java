package dev.drover.types;

/** The names that Drover and a rendered Envoy config must agree on. */
public final class Wire {
  /** Namespace of Drover's metadata, on endpoints and on exchanges. */
  public static final String NAMESPACE = "dev.drover";

  /** Namespace of the tokens that Envoy has verified. */
  public static final String JWT_NAMESPACE = "envoy.filters.http.jwt_authn";

  /** Key of an endpoint's metadata that names its target. */
  public static final String TARGET_KEY = "target";

  /** Header that names the plan cluster of a request. */
  public static final String PLAN_HEADER = "x-drover-plan";

  /** The prefix of the names of all plan clusters. No other cluster may be chosen by header. */
  public static final String PLAN_PREFIX = "drover|";

  /** Header that names the cluster which gets a copy of the request. */
  public static final String SHADOW_HEADER = "x-drover-shadow";

  /**
   * The prefix of the names of all clusters that receive copies of requests. The target's id
   * follows it.
   */
  public static final String SHADOW_PREFIX = "drover-shadow|";

  /**
   * The prefix of the target in the metadata of endpoints that receive copies. The target's id
   * follows it.
   */
  public static final String SHADOW_MARK = "shadow|";

  /** Header that tells a copy which exchange it is of; metadata does not reach copies. */
  public static final String EXCHANGE_HEADER = "x-drover-exchange";

  /** Key of the length that a rewritten body has. */
  public static final String CONTENT_LENGTH_KEY = "content_length";

  /** The prefix of the code of an error that Envoy made. The HTTP status follows it. */
  public static final String ENVOY_CODE = "proxy_";

  /** Key that marks an answer as Drover's own refusal. */
  public static final String REFUSED_KEY = "refused";

  /** Attribute with the name of an attempt's target. */
  public static final String TARGET_ATTRIBUTE =
      "xds.upstream_host_metadata.filter_metadata['" + NAMESPACE + "']['" + TARGET_KEY + "']";

  /** Attribute of the address that a request comes from, with its port. */
  public static final String SOURCE_ATTRIBUTE = "source.address";

  /** Attribute with the URI in the client's certificate, for operators who send it. */
  public static final String PEER_ATTRIBUTE = "connection.uri_san_peer_certificate";

  /** Attribute with the number of attempts so far. */
  public static final String ATTEMPTS_ATTRIBUTE = "upstream.request_attempt_count";

  private Wire() {}
}
