package dev.drover.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks the metadata that all resources of Kubernetes have. */
final class ObjectMetadata {
  /** The fields that somebody who applies a resource may set. */
  private static final Set<String> FIELDS =
      Set.of(
          "name",
          "generateName",
          "namespace",
          "labels",
          "annotations",
          "finalizers",
          "ownerReferences");

  private static final String DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final Pattern NAMESPACE = Pattern.compile(DNS_LABEL);
  private static final Pattern SUBDOMAIN = Pattern.compile(DNS_LABEL + "(\\." + DNS_LABEL + ")*");
  private static final Pattern WORD = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
  private static final int MOST_OF_A_SUBDOMAIN = 253;
  private static final int MOST_OF_A_WORD = 63;
  private static final int MOST_OF_ANNOTATIONS = 256 * 1024;

  private final Map<String, Object> metadata;
  private final List<String> problems = new ArrayList<>();

  private ObjectMetadata(Map<String, Object> metadata) {
    this.metadata = metadata;
  }

  /** Returns what is wrong with the metadata of a resource, each as "path: what is wrong". */
  static List<String> problems(Map<String, Object> resource, boolean namespaced) {
    ObjectMetadata metadata = new ObjectMetadata(StructuralSchema.map(resource.get("metadata")));
    metadata.check(namespaced);
    return metadata.problems;
  }

  private void check(boolean namespaced) {
    metadata.keySet().stream()
        .filter(field -> !FIELDS.contains(field))
        .forEach(field -> problems.add("/metadata/" + field + ": unknown, or not to be set"));
    if (!isSubdomain(metadata.get("name"))) {
      problems.add("/metadata/name: no DNS-1123 subdomain: " + metadata.get("name"));
    }
    Object namespace = metadata.get("namespace");
    if (namespace != null && !namespaced) {
      problems.add("/metadata/namespace: " + namespace + ": the kind has none");
    } else if (namespace != null && !matches(NAMESPACE, namespace, MOST_OF_A_WORD)) {
      problems.add("/metadata/namespace: no DNS-1123 label: " + namespace);
    }
    StructuralSchema.map(metadata.get("labels")).forEach(this::checkLabel);
    checkAnnotations(StructuralSchema.map(metadata.get("annotations")));
  }

  private void checkLabel(String key, Object value) {
    checkKey("/metadata/labels", key);
    if (!"".equals(value) && !matches(WORD, value, MOST_OF_A_WORD)) {
      problems.add("/metadata/labels/" + key + ": no value of a label: " + value);
    }
  }

  private void checkAnnotations(Map<String, Object> annotations) {
    int size = 0;
    for (Map.Entry<String, Object> each : annotations.entrySet()) {
      checkKey("/metadata/annotations", each.getKey());
      if (!(each.getValue() instanceof String)) {
        problems.add("/metadata/annotations/" + each.getKey() + ": no text");
      }
      size += each.getKey().length() + String.valueOf(each.getValue()).length();
    }
    if (size > MOST_OF_ANNOTATIONS) {
      problems.add("/metadata/annotations: more than 256 KiB: " + size);
    }
  }

  private void checkKey(String path, String key) {
    int slash = key.indexOf('/');
    boolean sound =
        matches(WORD, key.substring(slash + 1), MOST_OF_A_WORD)
            && (slash < 0 || isSubdomain(key.substring(0, slash)));
    if (!sound) {
      problems.add(path + "/" + key + ": no qualified name");
    }
  }

  private static boolean isSubdomain(Object value) {
    return matches(SUBDOMAIN, value, MOST_OF_A_SUBDOMAIN);
  }

  private static boolean matches(Pattern pattern, Object value, int most) {
    return value instanceof String text && text.length() <= most && pattern.matcher(text).matches();
  }
}
