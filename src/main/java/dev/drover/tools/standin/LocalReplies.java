package dev.drover.tools.standin;

import com.google.protobuf.ByteString;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.config.accesslog.v3.MetadataFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;

/** {@code local_reply_config}: what local replies look like. Immutable. */
record LocalReplies(LocalReplyConfig config) {
  /** The reply as the first matching mapper has it. */
  LocalReply rewrite(LocalReply reply, StreamInfo info) {
    for (ResponseMapper mapper : config.getMappersList()) {
      if (matches(mapper.getFilter(), info)) {
        info.localReplyBody = reply.body().toStringUtf8();
        int status = mapper.hasStatusCode() ? mapper.getStatusCode().getValue() : reply.status();
        info.status = status;
        HeaderMap headers = reply.headers().copy().set("content-type", "application/json");
        String body = Format.json(mapper.getBodyFormatOverride().getJsonFormat(), info) + "\n";
        return new LocalReply(status, headers, ByteString.copyFromUtf8(body), reply.details());
      }
    }
    return reply;
  }

  private static boolean matches(AccessLogFilter filter, StreamInfo info) {
    return switch (filter.getFilterSpecifierCase()) {
      case AND_FILTER ->
          filter.getAndFilter().getFiltersList().stream().allMatch(part -> matches(part, info));
      case STATUS_CODE_FILTER -> compare(filter.getStatusCodeFilter().getComparison(), info.status);
      case METADATA_FILTER -> matches(filter.getMetadataFilter(), info);
      default ->
          throw new IllegalArgumentException(
              "local reply filter: "
                  + filter.getFilterSpecifierCase()
                  + ": not known to the stand-in");
    };
  }

  private static boolean compare(ComparisonFilter filter, int status) {
    int bound = filter.getValue().getDefaultValue();
    return switch (filter.getOp()) {
      case EQ -> status == bound;
      case GE -> status >= bound;
      case LE -> status <= bound;
      default ->
          throw new IllegalArgumentException(
              "comparison: " + filter.getOp() + ": not known to the stand-in");
    };
  }

  private static boolean matches(MetadataFilter filter, StreamInfo info) {
    var matcher = filter.getMatcher();
    Value value = info.metadata(matcher.getFilter(), matcher.getPath(0).getKey());
    if (value == null) {
      return !filter.hasMatchIfKeyNotFound() || filter.getMatchIfKeyNotFound().getValue();
    }
    return value.getBoolValue() == matcher.getValue().getBoolMatch();
  }
}
