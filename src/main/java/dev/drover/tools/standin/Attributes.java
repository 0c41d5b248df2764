package dev.drover.tools.standin;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Evaluates the attribute expressions that rendered configs and the scenarios use. */
final class Attributes {
  private static final Pattern HOST_METADATA =
      Pattern.compile(
          "xds\\.upstream_host_metadata\\.filter_metadata\\['([^']+)'\\]\\['([^']+)'\\]");

  private Attributes() {}

  /** Throws when an expression is none that the stand-in knows. */
  static void check(List<String> expressions) {
    StreamInfo nothing = new StreamInfo();
    expressions.forEach(expression -> evaluate(expression, nothing));
  }

  /** The values of those expressions that have one. */
  static Struct evaluate(List<String> expressions, StreamInfo info) {
    Struct.Builder out = Struct.newBuilder();
    for (String expression : expressions) {
      Value value = evaluate(expression, info);
      if (value != null) {
        out.putFields(expression, value);
      }
    }
    return out.build();
  }

  private static @Nullable Value evaluate(String expression, StreamInfo info) {
    Matcher host = HOST_METADATA.matcher(expression);
    if (host.matches()) {
      return info.host == null ? null : info.host.metadata(host.group(1), host.group(2));
    }
    return switch (expression) {
      case "connection.uri_san_peer_certificate" -> null; // client certificates are not done here
      case "source.address" -> text(info.source);
      case "request.path" -> text(info.requestHeaders.get(":path"));
      case "request.method" -> text(info.requestHeaders.get(":method"));
      case "request.host" -> text(info.requestHeaders.get(":authority"));
      case "request.id" -> text(info.requestHeaders.get("x-request-id"));
      case "xds.cluster_name" -> text(info.cluster);
      case "xds.route_name" -> text(info.route);
      case "upstream.address" -> info.host == null ? null : text(info.host.address());
      case "upstream.request_attempt_count" -> number(info.attempts);
      case "response.code" -> info.status == 0 ? null : number(info.status);
      default ->
          throw new IllegalArgumentException(
              "attribute: " + expression + " (expected: one that the stand-in knows)");
    };
  }

  private static @Nullable Value text(@Nullable String value) {
    return value == null ? null : Value.newBuilder().setStringValue(value).build();
  }

  private static Value number(int value) {
    return Value.newBuilder().setNumberValue(value).build();
  }
}
