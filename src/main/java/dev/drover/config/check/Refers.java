package dev.drover.config.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.config.bind.Problems;
import dev.drover.types.Suggestion;
import java.util.ArrayList;
import java.util.List;

/** Checks that names which stand in one place exist in another. */
record Refers(JsonNode root, Problems problems) {
  /** A name must be a key of a section; what is no text has been reported elsewhere. */
  void check(String path, JsonNode name, String section) {
    if (!name.isTextual() || root.path(section).has(name.textValue())) {
      return;
    }
    List<String> known = new ArrayList<>();
    root.path(section).fieldNames().forEachRemaining(known::add);
    problems.addText(
        path, name.textValue(), "a key of " + section + Suggestion.hint(name.textValue(), known));
  }

  /** Checks each name of a list as {@link #check} does. A value that is no list is passed over. */
  void checkAll(String path, JsonNode names, String section) {
    for (int i = 0; i < names.size() && names.isArray(); i++) {
      check(path + "[" + i + "]", names.get(i), section);
    }
  }
}
