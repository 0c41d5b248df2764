package dev.drover.render;

import static dev.drover.render.Tree.map;

import dev.drover.dialect.PathTemplate;
import java.util.Map;

/** Writes the match for an operation's path, in the words of each kind of route. */
final class PathMatch {
  private PathMatch() {}

  /** Returns the fields of Envoy's {@code RouteMatch}. */
  static Map<String, Object> envoy(PathTemplate path) {
    return path.exact()
        ? map("path", path.toString())
        : map("safe_regex", map("regex", path.regex()));
  }

  /** Returns Istio's {@code StringMatch} for the {@code uri} of a VirtualService. */
  static Map<String, Object> istio(PathTemplate path) {
    return path.exact() ? map("exact", path.toString()) : map("regex", path.regex());
  }

  /** Returns the Gateway API's {@code HTTPPathMatch}. */
  static Map<String, Object> gateway(PathTemplate path) {
    return path.exact() ? gateway(path.toString()) : regex(path.regex());
  }

  /** Returns the same for one path. The Gateway API takes no two slashes in an exact match. */
  static Map<String, Object> gateway(String path) {
    return path.contains("//")
        ? regex(path.replaceAll("[^A-Za-z0-9/_-]", "\\\\$0"))
        : map("type", "Exact", "value", path);
  }

  private static Map<String, Object> regex(String regex) {
    return map("type", "RegularExpression", "value", regex);
  }
}
