package dev.drover.admin;

import dev.drover.json.Yaml;
import dev.drover.types.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Answers {@code POST /explain}: how the request in the body would be decided now. */
record ExplainAction(ExplainView view) {
  /** The path of the action. */
  static final String PATH = "/explain";

  private static final int MOST_BYTES = 16 << 20;
  private static final String DEFAULT_PATH = "/v1/chat/completions";
  private static final Set<String> PARAMETERS = Set.of("path", "caller", "header");

  /**
   * Explains.
   *
   * @param rawQuery {@code path=}, {@code caller=} and {@code header=NAME:VALUE}, which may come
   *     several times; may be empty
   * @param own headers of the call that are the request's own: those that begin with {@code
   *     x-drover-}; all others come by {@code header=}
   */
  Page explain(String rawQuery, Map<String, String> own, InputStream body) throws IOException {
    Map<String, String> explained = new HashMap<>(own);
    Map<String, String> asked = new HashMap<>(Map.of("path", DEFAULT_PATH));
    for (String pair : rawQuery.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
      if (name.equals("header")) {
        int colon = value.indexOf(':');
        if (colon <= 0) {
          return Page.text(400, "header: no NAME:VALUE (expected: such as x-drover-task:code)\n");
        }
        explained.put(
            value.substring(0, colon).toLowerCase(Locale.ROOT), value.substring(colon + 1).strip());
      } else if (PARAMETERS.contains(name)) {
        asked.put(name, value);
      } else if (!pair.isEmpty()) {
        return Page.text(400, name + ": unknown (expected: path, caller or header)\n");
      }
    }
    byte[] bytes = body.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      return Page.text(413, "body: over " + MOST_BYTES + " bytes (expected: at most that)\n");
    }
    Map<String, Object> fields =
        view.explain(
            asked.getOrDefault("path", DEFAULT_PATH),
            explained,
            Bytes.of(bytes),
            asked.get("caller"));
    return Page.json(Yaml.writeJson(fields));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
