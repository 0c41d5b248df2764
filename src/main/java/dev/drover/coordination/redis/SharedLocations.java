package dev.drover.coordination.redis;

import dev.drover.state.stored.ResponseLocation;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes and reads the locations of responses as Redis has them. Immutable. */
record SharedLocations(Keys keys) {
  private static final List<String> NAMES =
      List.of("owner", "model", "provider", "target", "credential", "tokens", "at");

  Arguments asking(List<String> ids) {
    Arguments arguments = new Arguments();
    ids.forEach(id -> arguments.key(keys.response(id)));
    NAMES.forEach(arguments::text);
    return arguments;
  }

  /**
   * Reads the reply to {@link #asking}.
   *
   * @throws RuntimeException when it is no such reply
   */
  static Map<String, ResponseLocation> read(List<String> ids, ScriptReply reply) {
    Map<String, ResponseLocation> found = new HashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      int at = i * NAMES.size();
      if (!reply.text(at).isEmpty()) {
        found.put(
            ids.get(i),
            new ResponseLocation(
                reply.text(at + 1),
                reply.text(at + 2),
                reply.text(at + 3),
                reply.text(at + 4),
                reply.text(at),
                reply.number(at + 5),
                Instant.ofEpochSecond(reply.number(at + 6))));
      }
    }
    return found;
  }

  Arguments telling(String id, ResponseLocation location, long ttlMillis) {
    return new Arguments()
        .key(keys.response(id))
        .number(ttlMillis)
        .text(location.owner())
        .text("model")
        .text(location.model())
        .text("provider")
        .text(location.provider())
        .text("target")
        .text(location.target())
        .text("credential")
        .text(location.credential())
        .text("tokens")
        .number(location.tokens())
        .text("at")
        .number(location.at().getEpochSecond());
  }
}
