package dev.drover.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The model groups that answer when a group cannot, in the order in which LiteLLM asks them: each
 * is followed by its own fallbacks. Confined to one file.
 */
final class LiteLlmFallbacks {
  private static final String EVERY = "*";

  private final Map<String, List<String>> byGroup = new LinkedHashMap<>();
  private final Set<String> known;
  private final LiteLlmAliases aliases;
  private final Notes notes;

  /**
   * @param known the model groups that were taken over
   */
  LiteLlmFallbacks(
      LiteLlmSettings settings, Set<String> known, LiteLlmAliases aliases, Notes notes) {
    this.known = known;
    this.aliases = aliases;
    this.notes = notes;
    add(settings.first("fallbacks", "fallbacks"));
    LiteLlmSettings.@Nullable Setting general =
        settings.first("default_fallbacks", "default_fallbacks");
    if (general != null) {
      add(general.path(), EVERY, general.value());
    }
  }

  private void add(LiteLlmSettings.@Nullable Setting fallbacks) {
    if (fallbacks == null) {
      return;
    }
    if (!(fallbacks.value() instanceof List<?>)) {
      notes.leftOut(fallbacks.path(), fallbacks.value(), "a list of mappings");
    }
    for (Object each : Trees.list(fallbacks.value())) {
      if (!(each instanceof Map<?, ?>)) {
        notes.leftOut(fallbacks.path(), each, "a mapping of a model to a list");
      }
      Trees.map(each).forEach((group, to) -> add(fallbacks.path(), group, to));
    }
  }

  private void add(String path, String name, @Nullable Object to) {
    String group = name.equals(EVERY) ? EVERY : aliases.group(name);
    if (!group.equals(EVERY) && !known.contains(group)) {
      notes.add("%s: from %s: no such model".formatted(path, Notes.shown(name)));
    } else if (to instanceof List<?>) {
      byGroup.put(group, groups(path + ": " + Notes.shown(name), Trees.list(to)));
    } else {
      notes.leftOut("%s.%s".formatted(path, Notes.shown(name)), to, "a list of models");
    }
  }

  private List<String> groups(String from, List<Object> to) {
    List<String> groups = new ArrayList<>();
    for (Object each : to) {
      Map<String, Object> fields = Trees.map(each);
      String name = fields.isEmpty() ? Trees.text(each) : Trees.text(fields.get("model"));
      String group = aliases.group(name);
      String path = "%s to %s".formatted(from, Notes.shown(name));
      fields.keySet().stream()
          .filter(key -> !key.equals("model"))
          .forEach(key -> notes.add("%s: %s: no counterpart".formatted(path, Notes.shown(key))));
      if (known.contains(group)) {
        groups.add(group);
      } else {
        notes.add(path + ": no such model");
      }
    }
    return groups;
  }

  /** Returns the groups that are asked after a group, best first. */
  List<String> of(String group) {
    Set<String> found = new LinkedHashSet<>(List.of(group));
    follow(group, found);
    return found.stream().skip(1).toList();
  }

  private void follow(String group, Set<String> found) {
    for (String next : byGroup.getOrDefault(group, byGroup.getOrDefault(EVERY, List.of()))) {
      if (found.add(next)) {
        follow(next, found);
      }
    }
  }
}
