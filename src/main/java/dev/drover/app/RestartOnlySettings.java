package dev.drover.app;

import dev.drover.config.ConfigDump;
import dev.drover.config.schema.GatewayConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the changed settings that are read only at the start. */
final class RestartOnlySettings {
  private static final List<String> SECTIONS = List.of("server", "ledger", "redis", "traces");

  private RestartOnlySettings() {}

  /** The keys, or whole sections, that are not the same and await a restart. */
  static List<String> changed(GatewayConfig before, GatewayConfig now) {
    Map<String, Object> was = ConfigDump.of(before);
    Map<String, Object> is = ConfigDump.of(now);
    List<String> changed = new ArrayList<>();
    for (String section : SECTIONS) {
      if (was.get(section) instanceof Map<?, ?> old && is.get(section) instanceof Map<?, ?> fresh) {
        TreeSet<Object> keys = new TreeSet<>(old.keySet());
        keys.addAll(fresh.keySet());
        for (Object key : keys) {
          note(section + "." + key, old.get(key), fresh.get(key), changed);
        }
      } else {
        note(section, was.get(section), is.get(section), changed);
      }
    }
    return changed;
  }

  private static void note(
      String key, @Nullable Object was, @Nullable Object is, List<String> changed) {
    boolean takenUp = key.equals("server.xds") && was != null && is != null;
    if (!takenUp && !Objects.equals(was, is)) {
      changed.add(key);
    }
  }
}
