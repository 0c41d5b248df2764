package dev.drover.exchange.pipeline;

import dev.drover.message.Headers;
import dev.drover.routing.Origin;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells which workload a request comes from. {@code x-forwarded-client-cert} is believed as it
 * comes: Envoy takes it from outsiders unless it is told to forward it.
 */
public final class Workloads {
  private static final int MOST_CHARS = 16_384;

  private Workloads() {}

  /**
   * Returns the origin of a request: the workload's identity and the headers.
   *
   * @param peer the URI in the client's certificate as Envoy's attribute has it, or null
   */
  public static Origin origin(Headers headers, @Nullable String peer) {
    String spiffeId = peer != null ? peer : spiffeId(headers.text("x-forwarded-client-cert"));
    return Origin.of(spiffeId, () -> all(headers));
  }

  /**
   * Returns the URI of the last element, that of the hop before this Envoy. It is read from the
   * right: what a client wrote stands to the left, and a quote that it left open hides nothing.
   * Envoy writes the URI behind the subject. A backslash in that may escape a quote or not, so
   * nothing to the left of it is believed.
   */
  public static String spiffeId(String forwarded) {
    if (forwarded.length() > MOST_CHARS) {
      return "";
    }
    int end = forwarded.length();
    boolean quoted = false;
    for (int i = end - 1; i >= 0; i--) {
      char c = forwarded.charAt(i);
      if (c == '\\') {
        return "";
      }
      quoted ^= c == '"';
      if (!quoted && (c == ',' || c == ';')) {
        String uri = uri(forwarded.substring(i + 1, end));
        if (!uri.isEmpty() || c == ',') {
          return uri;
        }
        end = i;
      }
    }
    return quoted ? "" : uri(forwarded.substring(0, end));
  }

  /** The value of a {@code URI=} pair, or an empty string. */
  private static String uri(String pair) {
    String text = pair.strip();
    if (!text.regionMatches(true, 0, "URI=", 0, 4)) {
      return "";
    }
    String value = text.substring(4);
    boolean inQuotes = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return inQuotes ? value.substring(1, value.length() - 1) : value;
  }

  private static Map<String, String> all(Headers headers) {
    Map<String, String> map = new LinkedHashMap<>();
    headers.namesWith("").forEach(name -> map.put(name, headers.text(name)));
    return map;
  }
}
