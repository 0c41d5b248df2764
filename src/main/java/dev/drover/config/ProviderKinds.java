package dev.drover.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.drover.config.bind.Problems;
import dev.drover.config.schema.DialectNames;
import dev.drover.config.schema.KindNames;
import dev.drover.json.Yaml;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The providers that are known by name: their addresses, APIs and oddities. They are data, in
 * {@code providers.yaml}, each with its source and the day it was read. Immutable, thread-safe.
 */
public final class ProviderKinds {
  private static final JsonNode KINDS =
      Yaml.parse(Yaml.resource(ProviderKinds.class, "providers.yaml")).path("kinds");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(region|project|resource|host)}");
  private static final String HOST = "host";
  private static final String KIND = "kind";

  private ProviderKinds() {}

  /** Returns the names of the kinds, in the order of the file. */
  public static List<String> names() {
    return KINDS.properties().stream().map(Map.Entry::getKey).toList();
  }

  /** Returns what the file says of a kind. */
  public static JsonNode of(String kind) {
    return KINDS.path(kind);
  }

  /** Returns the usual variable with a kind's API key; empty when it wants none. */
  public static String keyVariable(String kind) {
    return of(kind).path("key").asText();
  }

  /** Returns the usual credential of a kind that has no API keys; empty when it wants none. */
  public static String credential(String kind) {
    return of(kind).path("credential").asText();
  }

  /** Returns the keys beside {@code kind} that its address is made of. */
  public static List<String> places(String kind) {
    String address = of(kind).path("set").path("base_url").asText();
    return Stream.of("region", "project", "resource")
        .filter(
            place ->
                address.contains("{" + place + "}")
                    || (place.equals("region") && address.contains("{host}")))
        .toList();
  }

  /** Gives each provider what its kind stands for; keys beside `kind` win. */
  static void fill(JsonNode providers, Problems problems) {
    for (Map.Entry<String, JsonNode> entry : providers.properties()) {
      JsonNode kind = entry.getValue().path(KIND);
      if (entry.getValue() instanceof ObjectNode provider
          && kind.isTextual()
          && !kind.textValue().equals(KindNames.CUSTOM)
          && KINDS.has(kind.textValue())) {
        new Filling("providers." + entry.getKey(), provider, KINDS.path(kind.textValue()), problems)
            .fill();
      }
    }
  }

  /** Fills in one provider. */
  private record Filling(String path, ObjectNode provider, JsonNode kind, Problems problems) {
    void fill() {
      for (Map.Entry<String, JsonNode> set : kind.path("set").properties()) {
        if (!provider.hasNonNull(set.getKey())) {
          provider.set(set.getKey(), filled(set.getValue()));
        }
      }
    }

    private JsonNode filled(JsonNode value) {
      if (value.isTextual()) {
        return new TextNode(filled(value.textValue()));
      }
      if (value instanceof ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        object.properties().forEach(each -> copy.set(each.getKey(), filled(each.getValue())));
        return copy;
      }
      return value.deepCopy();
    }

    private String filled(String text) {
      Matcher matcher = PLACEHOLDER.matcher(text);
      StringBuilder filled = new StringBuilder();
      while (matcher.find()) {
        matcher.appendReplacement(filled, Matcher.quoteReplacement(value(matcher.group(1))));
      }
      return matcher.appendTail(filled).toString();
    }

    private String value(String name) {
      String known = name.equals(HOST) ? host() : provider.path(name).textValue();
      if (known == null && !name.equals(HOST) && !problems.at(path + "." + name)) {
        problems.add(path + "." + name, "none", "the " + name + ": base_url contains it");
      }
      return known == null ? "missing" : known;
    }

    private @Nullable String host() {
      String region = value("region");
      JsonNode hosts = kind.path("hosts");
      JsonNode host = hosts.has(region) ? hosts.path(region) : hosts.path("*");
      return host.asText().replace("{region}", region);
    }
  }

  /** Returns the page that lists the kinds, in Markdown. */
  public static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Providers

            This page is generated from `providers.yaml`. A provider with a `kind` needs no more than its credentials; any key beside `kind` wins.

            ```yaml
            providers:
              anthropic: { kind: anthropic, credentials: [ { env: ANTHROPIC_API_KEY } ] }
              bedrock: { kind: bedrock, region: us-east-1, credentials: [ { aws: {} } ] }
              vertex: { kind: vertex, region: global, project: my-project, credentials: [ { google: {} } ] }
              azure: { kind: azure, resource: my-resource, credentials: [ { azure: {} } ] }
            ```

            All kinds are tested against the fake providers of Drover's own tests, and the clients' side against the vendors' own libraries. None was tried at its vendor.
            The day is the one on which the facts were read.

            | `kind` | Provider | APIs, the preferred one first | Base URL | Key | What to know | What is missing | Read on |
            |---|---|---|---|---|---|---|---|
            """);
    for (String name : new TreeSet<>(names())) {
      JsonNode kind = of(name);
      JsonNode set = kind.path("set");
      page.append(
          "| `%s` | %s | %s | `%s` | %s | %s%s | %s | %s |%n"
              .formatted(
                  name,
                  kind.path("title").asText(),
                  dialects(set.path("dialect")),
                  set.path("base_url").asText(),
                  kind.has("key") ? "`" + kind.path("key").asText() + "`" : "",
                  kind.path("notes").asText(),
                  refused(set.path("refuses")),
                  kind.path("missing").asText(),
                  kind.path("date").asText()));
    }
    return page.append(
            """

            `custom`, the default, knows nothing: `base_url` and `dialect` say all.

            Sources:

            """)
        .append(sources())
        .toString();
  }

  private static String dialects(JsonNode dialect) {
    if (!dialect.isArray()) {
      return "`" + dialect.asText(DialectNames.OPENAI) + "`";
    }
    StringBuilder all = new StringBuilder();
    dialect.forEach(
        each -> all.append(all.isEmpty() ? "`" : ", `").append(each.asText()).append('`'));
    return all.toString();
  }

  private static String refused(JsonNode refuses) {
    StringBuilder all = new StringBuilder();
    refuses.forEach(
        each ->
            all.append(all.isEmpty() ? " Taken out of requests: `" : ", `")
                .append(each.asText())
                .append('`'));
    return all.isEmpty() ? "" : all.append('.').toString();
  }

  private static String sources() {
    StringBuilder all = new StringBuilder();
    for (String name : new TreeSet<>(names())) {
      all.append("- `").append(name).append("`:");
      of(name).path("source").forEach(url -> all.append(" <").append(url.asText()).append('>'));
      all.append('\n');
    }
    return all.toString();
  }
}
