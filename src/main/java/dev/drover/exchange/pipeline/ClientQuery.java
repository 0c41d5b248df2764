package dev.drover.exchange.pipeline;

import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/** Takes credentials out of a query: a provider and its logs have no business with them. */
final class ClientQuery {
  private static final Set<String> CREDENTIALS =
      Set.of(
          "key",
          "api_key",
          "api-key",
          "apikey",
          "access_token",
          "accesstoken",
          "auth",
          "authorization",
          "token",
          "x-api-key");

  private ClientQuery() {}

  /**
   * Returns a query without the parameters that hold credentials. All others stay as they are
   * written.
   *
   * @param query with its question mark
   * @return with its question mark, or an empty text
   */
  static String withoutCredentials(String query) {
    StringJoiner kept = new StringJoiner("&", "?", "").setEmptyValue("");
    for (String pair : query.substring(1).split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      if (!CREDENTIALS.contains(name.toLowerCase(Locale.ROOT).replace("%5f", "_"))) {
        kept.add(pair);
      }
    }
    return kept.toString();
  }
}
