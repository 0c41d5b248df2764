package dev.drover.mesh;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Applies the patches of an EnvoyPatchPolicy as Envoy Gateway does: a JSONPath chooses the places,
 * a JSON Pointer leads on from each, and an addition makes the parents that are absent. The parts
 * of JSONPath (RFC 9535) that the patches use are known here; any other is an error, and so is a
 * path that chooses nothing.
 */
final class JsonPatches {
  private static final Pattern STEP =
      Pattern.compile(
          "\\.(?<child>\\w+)"
              + "|(?<all>\\[\\*])"
              + "|\\[\\?\\(@\\.(?<field>\\w+)(?<first>\\[0])?=='(?<value>[^']*)'\\)]"
              + "|\\[\\?search\\(@\\.(?<searched>\\w+),'(?<regex>[^']*)'\\)]");

  private JsonPatches() {}

  /** A place in a tree: a container and a key or an index of it. */
  private record Place(Object container, Object key) {
    Object value() {
      return container instanceof List<?> list
          ? list.get((Integer) key)
          : Trees.value(container, (String) key);
    }
  }

  /**
   * Applies the patches to a bootstrap whose listener and routes have the given name.
   *
   * @throws IllegalArgumentException when a patch is of an unknown kind or fits nowhere
   */
  static void apply(Map<String, Object> bootstrap, List<Object> patches, String name) {
    Map<String, Object> resources = Trees.map(bootstrap, "static_resources");
    for (Object patch : patches) {
      Map<String, Object> operation = Trees.map(patch, "operation");
      Object value = Trees.value(operation, "value");
      String type = Trees.text(patch, "type").replaceFirst(".*\\.", "");
      if (type.equals("Cluster")) {
        Trees.list(resources, "clusters").add(value);
        continue;
      }
      if (!Trees.text(patch, "name").equals(name)) {
        throw new IllegalArgumentException(patch + ": of another " + type);
      }
      Object listener = Trees.list(resources, "listeners").getFirst();
      Object root = type.equals("Listener") ? listener : routes(listener);
      add(root, operation, value);
    }
  }

  private static Object routes(Object listener) {
    Object chain = Trees.value(listener, "default_filter_chain");
    Object manager = Trees.value(Trees.list(chain, "filters").getFirst(), "typed_config");
    return Trees.value(manager, "route_config");
  }

  private static void add(Object root, Map<String, Object> operation, Object value) {
    String jsonPath = Trees.text(operation, "jsonPath");
    List<Place> places = places(root, jsonPath);
    if (places.isEmpty()) {
      throw new IllegalArgumentException(jsonPath + ": chooses nothing");
    }
    String path = Trees.text(operation, "path");
    for (Place place : places) {
      if (path.isEmpty()) {
        put(place.container, String.valueOf(place.key), value);
        continue;
      }
      List<String> keys = List.of(path.substring(1).split("/", -1));
      Object at = place.value();
      for (int i = 0; i < keys.size() - 1; i++) {
        boolean list = keys.get(i + 1).matches("-|[0-9]+");
        at =
            Trees.map(at)
                .computeIfAbsent(
                    keys.get(i), _ -> list ? new ArrayList<>() : new LinkedHashMap<>());
      }
      put(at, keys.getLast(), value);
    }
  }

  @SuppressWarnings("unchecked") // nothing else is in lists than what YAML has
  private static void put(Object container, String key, Object value) {
    if (container instanceof List<?> list) {
      int index = key.equals("-") ? list.size() : Integer.parseInt(key);
      ((List<Object>) list).add(index, value);
    } else {
      Trees.map(container).put(key, value);
    }
  }

  private static List<Place> places(Object root, String jsonPath) {
    List<Place> places = List.of(new Place(Map.of("$", root), "$"));
    Matcher step = STEP.matcher(jsonPath).region(1, jsonPath.length());
    int end = 1;
    while (step.lookingAt()) {
      List<Place> next = new ArrayList<>();
      for (Place place : places) {
        next.addAll(step(place.value(), step));
      }
      places = next;
      end = step.end();
      step.region(end, jsonPath.length());
    }
    if (end != jsonPath.length()) {
      throw new IllegalArgumentException(jsonPath + ": not known from " + end);
    }
    return places;
  }

  private static List<Place> step(Object value, Matcher step) {
    String child = step.group("child");
    List<Place> chosen = new ArrayList<>();
    if (child != null) {
      if (Trees.map(value).containsKey(child)) {
        chosen.add(new Place(value, child));
      }
      return chosen;
    }
    List<?> list = (List<?>) value;
    for (int i = 0; i < list.size(); i++) {
      if (step.group("all") != null || fits(list.get(i), step)) {
        chosen.add(new Place(list, i));
      }
    }
    return chosen;
  }

  private static boolean fits(@Nullable Object element, Matcher step) {
    Map<?, ?> map = (Map<?, ?>) element;
    String searched = step.group("searched");
    if (map == null) {
      return false;
    }
    if (searched != null) {
      return map.get(searched) instanceof String text
          && Pattern.compile(step.group("regex")).matcher(text).find();
    }
    Object found = map.get(step.group("field"));
    if (step.group("first") != null) {
      found = found instanceof List<?> list && !list.isEmpty() ? list.getFirst() : null;
    }
    return step.group("value").equals(found);
  }
}
