package dev.drover.exchange;

import dev.drover.routing.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells which workload a request comes from. {@code x-forwarded-client-cert} is believed as it
 * comes: Envoy takes it from outsiders unless it is told to forward it.
 */
public final class Workloads {
  /** The URI of one element; quoted when it holds a separator. */
  private static final Pattern URI =
      Pattern.compile("(?:^|;)\\s*URI=(?:\"([^\"]*)\"|([^;]*))", Pattern.CASE_INSENSITIVE);

  /** Commas between elements, not those within quotes. */
  private static final Pattern ELEMENTS = Pattern.compile(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");

  private static final int MOST_CHARS = 16_384;

  private Workloads() {}

  /**
   * Where a request comes from.
   *
   * @param peer the URI in the client's certificate as Envoy's attribute has it, or null
   */
  public static Origin origin(Headers headers, @Nullable String peer) {
    String spiffeId = peer != null ? peer : spiffeId(headers.text("x-forwarded-client-cert"));
    return Origin.of(spiffeId, () -> all(headers));
  }

  /** The URI of the last element: the hop before this Envoy. */
  static String spiffeId(String forwarded) {
    if (forwarded.isEmpty() || forwarded.length() > MOST_CHARS) {
      return "";
    }
    List<String> elements = List.of(ELEMENTS.split(forwarded, -1));
    Matcher m = URI.matcher(elements.getLast());
    if (!m.find()) {
      return "";
    }
    return m.group(1) != null ? m.group(1) : m.group(2).strip();
  }

  private static Map<String, String> all(Headers headers) {
    Map<String, String> map = new LinkedHashMap<>();
    headers.namesWith("").forEach(name -> map.put(name, headers.text(name)));
    return map;
  }
}
