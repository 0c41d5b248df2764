package dev.drover.migrate;

import dev.drover.config.schema.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The other names of model groups. Confined to one file. */
final class LiteLlmAliases {
  /** The name that stands in Drover for every name that nobody knows. */
  static final String CATCH_ALL = "default";

  private final Map<String, String> groups = new HashMap<>();
  private final Map<String, List<String>> byGroup = new LinkedHashMap<>();
  private final Set<String> known;
  private final Notes notes;

  /**
   * @param known the model groups that were taken over
   */
  LiteLlmAliases(LiteLlmSettings settings, Set<String> known, Notes notes) {
    this.known = known;
    this.notes = notes;
    LiteLlmSettings.@Nullable Setting aliases = settings.router("model_group_alias");
    if (aliases != null && !(aliases.value() instanceof Map<?, ?>)) {
      notes.leftOut(aliases.path(), aliases.value(), "a mapping");
    } else if (aliases != null) {
      Trees.map(aliases.value()).forEach(this::add);
    }
  }

  private void add(String alias, @Nullable Object to) {
    String group =
        to instanceof Map<?, ?> ? Trees.text(Trees.map(to).get("model")) : Trees.text(to);
    String path = "model_group_alias: %s for %s".formatted(Notes.shown(alias), Notes.shown(group));
    if (alias.equals(group)) {
      return;
    }
    if (group.isEmpty()) {
      notes.leftOut("model_group_alias." + Notes.shown(alias), to, "the name of a model");
    } else if (!known.contains(group)) {
      notes.add(path + ": no such model");
    } else if (!alias.matches(Names.MODEL)) {
      notes.modelLost(path + ": left out (expected: text that matches " + Names.MODEL + ")");
    } else if (known.contains(alias)) {
      notes.modelLost(path + ": left out (expected: a name that no model has)");
    } else {
      groups.put(alias, group);
      byGroup.computeIfAbsent(group, _ -> new ArrayList<>()).add(alias);
      remark(path, alias, to);
    }
  }

  private void remark(String path, String alias, @Nullable Object to) {
    if (alias.equals(CATCH_ALL)) {
      notes.add(path + ": in Drover this is the model for every name that nobody knows");
    }
    if (Boolean.TRUE.equals(Trees.map(to).get("hidden"))) {
      notes.add(path + ": hidden has no counterpart: /v1/models lists it");
    }
  }

  /** Returns the other names of a group. */
  List<String> of(String group) {
    return byGroup.getOrDefault(group, List.of());
  }

  /** Returns the group that a name or another name stands for; the name itself if none has it. */
  String group(String name) {
    return known.contains(name) ? name : groups.getOrDefault(name, name);
  }
}
