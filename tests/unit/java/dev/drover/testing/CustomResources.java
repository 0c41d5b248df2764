package dev.drover.testing;

import dev.drover.json.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Validates resources by the CustomResourceDefinitions of a folder, as an API server does when it
 * is told to be strict about fields: structure, defaults, list types, CEL rules, metadata.
 */
public final class CustomResources {
  /** The environment variable that names a folder with CustomResourceDefinitions. */
  public static final String FOLDER = "DROVER_CRDS";

  /** A version of a kind. */
  private record Definition(StructuralSchema schema, boolean namespaced) {}

  private final Map<String, Definition> definitions = new HashMap<>();
  private final Map<String, StrictSchema> structures = new HashMap<>();

  private CustomResources() {}

  /** Reads all definitions of a folder and of the folders in it. */
  public static CustomResources load(Path folder) throws IOException {
    CustomResources all = new CustomResources();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".yaml")).toList()) {
        documents(Files.readString(file)).forEach(all::define);
      }
    }
    return all;
  }

  /** Returns the documents of a YAML file, without those that are empty. */
  public static List<Map<String, Object>> documents(String yaml) {
    return Stream.of(yaml.split("(?m)^---.*$"))
        .filter(text -> text.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#")))
        .map(Yaml::readMap)
        .toList();
  }

  private void define(Map<String, Object> document) {
    if (!"CustomResourceDefinition".equals(document.get("kind"))) {
      return;
    }
    Map<String, Object> spec = StructuralSchema.map(document.get("spec"));
    Object kind = StructuralSchema.map(spec.get("names")).get("kind");
    for (Object each : StructuralSchema.list(spec.get("versions"))) {
      Map<String, Object> version = StructuralSchema.map(each);
      Map<String, Object> schema = StructuralSchema.map(version.get("schema"));
      if (Boolean.TRUE.equals(version.get("served"))) {
        definitions.put(
            "%s/%s %s".formatted(spec.get("group"), version.get("name"), kind),
            new Definition(
                new StructuralSchema(StructuralSchema.map(schema.get("openAPIV3Schema"))),
                "Namespaced".equals(spec.get("scope"))));
      }
    }
  }

  /** Returns how many versions of kinds there are. */
  public int size() {
    return definitions.size();
  }

  /** Returns the schemas and rules of all definitions that are not understood, and why. */
  public List<String> notUnderstood() {
    TreeSet<String> found = new TreeSet<>();
    definitions.forEach(
        (name, definition) -> {
          understand(found, () -> structure(name));
          definition.schema.each(
              schema ->
                  ValidationRules.of(schema)
                      .forEach(
                          rule ->
                              understand(
                                  found,
                                  () -> ValidationRules.program((String) rule.get("rule")))));
        });
    return List.copyOf(found);
  }

  private static void understand(Set<String> found, Runnable compilation) {
    try {
      compilation.run();
    } catch (RuntimeException e) {
      found.add(String.valueOf(e.getMessage()));
    }
  }

  private StrictSchema structure(String name) {
    return structures.computeIfAbsent(name, _ -> new StrictSchema(definitions.get(name).schema()));
  }

  /** Returns everything that an API server would refuse, each as "path: what is wrong". */
  public List<String> problems(Map<String, Object> resource) {
    String name = resource.get("apiVersion") + " " + resource.get("kind");
    Definition definition = definitions.get(name);
    if (definition == null) {
      return List.of("/kind: not among the CustomResourceDefinitions: " + name);
    }
    Map<String, Object> whole = SchemaDefaults.applied(definition.schema, resource);
    List<String> problems =
        new ArrayList<>(ObjectMetadata.problems(resource, definition.namespaced));
    problems.addAll(structure(name).problems(whole));
    problems.addAll(ListTypes.problems(definition.schema, whole));
    problems.addAll(ValidationRules.problems(definition.schema, whole));
    return problems;
  }
}
