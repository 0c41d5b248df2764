package dev.drover.tools.standin;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.drover.json.Yaml;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of Envoy's substitution formatter that rendered configs use. */
final class Format {
  private static final Pattern OPERATOR = Pattern.compile("%([A-Z_]+)(?:\\(([^)]*)\\))?%");

  private Format() {}

  /** Text with its operators replaced; an operator without a value becomes {@code absent}. */
  static String text(String format, StreamInfo info, String absent) {
    StringBuilder out = new StringBuilder();
    Matcher m = OPERATOR.matcher(format);
    while (m.find()) {
      Object value = value(m.group(1), m.group(2), info);
      m.appendReplacement(out, Matcher.quoteReplacement(value == null ? absent : value.toString()));
    }
    return m.appendTail(out).toString();
  }

  /** A JSON object on one line; a value that is one operator keeps its type. */
  static String json(Struct format, StreamInfo info) {
    return Yaml.writeJsonLine(object(format, info));
  }

  private static Map<String, Object> object(Struct format, StreamInfo info) {
    Map<String, Object> out = new LinkedHashMap<>();
    format.getFieldsMap().forEach((key, value) -> out.put(key, field(value, info)));
    return out;
  }

  private static @Nullable Object field(Value value, StreamInfo info) {
    return switch (value.getKindCase()) {
      case STRUCT_VALUE -> object(value.getStructValue(), info);
      case STRING_VALUE -> {
        Matcher m = OPERATOR.matcher(value.getStringValue());
        yield m.matches()
            ? value(m.group(1), m.group(2), info)
            : text(value.getStringValue(), info, "-");
      }
      case NUMBER_VALUE -> value.getNumberValue();
      case BOOL_VALUE -> value.getBoolValue();
      default -> null;
    };
  }

  private static @Nullable Object value(
      String operator, @Nullable String argument, StreamInfo info) {
    String of = argument == null ? "" : argument;
    return switch (operator) {
      case "START_TIME" -> info.started.toString();
      case "REQ" -> header(info.requestHeaders, of);
      case "RESP" -> info.responseHeaders == null ? null : header(info.responseHeaders, of);
      case "RESPONSE_CODE" -> info.status;
      case "RESPONSE_CODE_DETAILS" -> info.details.isEmpty() ? null : info.details;
      case "RESPONSE_FLAGS" -> info.flags;
      case "DURATION" -> (System.nanoTime() - info.startNanos) / 1_000_000;
      case "BYTES_RECEIVED" -> info.bytesReceived;
      case "BYTES_SENT" -> info.bytesSent;
      case "UPSTREAM_CLUSTER" -> info.cluster;
      case "UPSTREAM_HOST" -> info.host == null ? null : info.host.address();
      case "LOCAL_REPLY_BODY" -> info.localReplyBody;
      case "DYNAMIC_METADATA" -> metadata(of, info);
      default ->
          throw new IllegalArgumentException("%" + operator + "%: not known to the stand-in");
    };
  }

  private static @Nullable String header(HeaderMap headers, String names) {
    for (String name : names.split("\\?", -1)) {
      String value = headers.get(name.toLowerCase(Locale.ROOT));
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private static @Nullable Object metadata(String argument, StreamInfo info) {
    String[] path = argument.split(":", -1);
    Value value = path.length == 2 ? info.metadata(path[0], path[1]) : null;
    return value == null ? null : plain(value);
  }

  /** A metadata value as Envoy prints it: whole numbers without a fraction. */
  private static Object plain(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> value.getBoolValue();
      case NUMBER_VALUE -> {
        double number = value.getNumberValue();
        yield number == Math.rint(number) ? (Object) (long) number : (Object) number;
      }
      default -> value.toString();
    };
  }
}
