package dev.drover.tools.standin;

import dev.drover.message.BodyMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.HeaderForwardingRules;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode;
import io.envoyproxy.envoy.type.matcher.v3.ListStringMatcher;
import java.time.Duration;

/** An ext_proc filter's configuration, read and checked as Envoy does when it loads. Immutable. */
record ExtProcSettings(
    ExternalProcessor config,
    String cluster,
    MutationRules rules,
    Duration messageTimeout,
    Duration maxMessageTimeout,
    int statusOnError,
    boolean upstreamLevel) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(200);

  /**
   * Reads a filter's configuration.
   *
   * @throws IllegalArgumentException where Envoy refuses the config, or the stand-in does not know
   *     a field
   */
  static ExtProcSettings of(ExternalProcessor config, boolean upstreamLevel) {
    if (config.hasGrpcService() == config.hasHttpService()) {
      throw new IllegalArgumentException(
          "ext_proc: expected exactly one of grpc_service and http_service");
    }
    if (config.hasHttpService()) {
      throw new IllegalArgumentException("ext_proc: http_service is not known to the stand-in");
    }
    ProcessingMode mode = config.getProcessingMode();
    requireTrailers(mode.getRequestBodyMode(), mode.getRequestTrailerMode(), "request");
    requireTrailers(mode.getResponseBodyMode(), mode.getResponseTrailerMode(), "response");
    Attributes.check(config.getRequestAttributesList());
    Attributes.check(config.getResponseAttributesList());
    int status = config.hasStatusOnError() ? config.getStatusOnError().getCodeValue() : 500;
    return new ExtProcSettings(
        config,
        config.getGrpcService().getEnvoyGrpc().getClusterName(),
        new MutationRules(config.getMutationRules()),
        config.hasMessageTimeout() ? Protos.duration(config.getMessageTimeout()) : DEFAULT_TIMEOUT,
        Protos.duration(config.getMaxMessageTimeout()),
        status,
        upstreamLevel);
  }

  private static void requireTrailers(
      BodySendMode body, HeaderSendMode trailers, String direction) {
    if (body == BodySendMode.FULL_DUPLEX_STREAMED && trailers != HeaderSendMode.SEND) {
      throw new IllegalArgumentException(
          "ext_proc: "
              + direction
              + "_body_mode FULL_DUPLEX_STREAMED (expected: "
              + direction
              + "_trailer_mode SEND)");
    }
  }

  boolean failureModeAllow() {
    return config.getFailureModeAllow();
  }

  static BodyMode mode(BodySendMode mode) {
    return switch (mode) {
      case NONE, UNRECOGNIZED -> BodyMode.NONE;
      case STREAMED -> BodyMode.STREAMED;
      case BUFFERED -> BodyMode.BUFFERED;
      case BUFFERED_PARTIAL -> BodyMode.BUFFERED_PARTIAL;
      case FULL_DUPLEX_STREAMED -> BodyMode.FULL_DUPLEX_STREAMED;
    };
  }

  /** Returns whether a header may be sent to the server. */
  boolean forwards(String name) {
    HeaderForwardingRules rules = config.getForwardRules();
    boolean allowed = !rules.hasAllowedHeaders() || matches(rules.getAllowedHeaders(), name);
    return allowed
        && !(rules.hasDisallowedHeaders() && matches(rules.getDisallowedHeaders(), name));
  }

  private static boolean matches(ListStringMatcher matcher, String name) {
    return matcher.getPatternsList().stream().anyMatch(pattern -> Protos.matches(pattern, name));
  }
}
