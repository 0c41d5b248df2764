package dev.drover.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.config.bind.Binder;
import dev.drover.config.bind.Problems;
import dev.drover.config.schema.PriceConfig;
import dev.drover.config.schema.PriceListConfig;
import dev.drover.json.Yaml;
import dev.drover.types.FileContent;
import dev.drover.types.Suggestion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The prices of models, for targets that state none. A configured file overrides the built-in list
 * model by model. Immutable.
 */
public final class PriceList {
  private static final JsonNode BUILT_IN =
      Yaml.parse(Yaml.resource(PriceList.class, "prices.yaml"));
  private static final String FILE_KEY = "price_list";

  private final Map<String, JsonNode> models;

  private PriceList(Map<String, JsonNode> models) {
    this.models = models;
  }

  /** The list that a config refers to; what is wrong with its file is a problem of the config. */
  static PriceList of(JsonNode config, Problems problems) {
    Map<String, JsonNode> models = new TreeMap<>();
    add(models, BUILT_IN);
    JsonNode file = config.path(FILE_KEY);
    if (file.isTextual()) {
      JsonNode own = read(Path.of(file.textValue()), problems);
      if (own != null) {
        add(models, own);
      }
    }
    return new PriceList(models);
  }

  private static void add(Map<String, JsonNode> models, JsonNode list) {
    list.path("models").properties().forEach(e -> models.put(e.getKey(), e.getValue()));
  }

  private static @Nullable JsonNode read(Path file, Problems problems) {
    try {
      JsonNode tree = Yaml.read(FileContent.text(file, FileContent.MOST_OF_LIST));
      Problems own = new Problems();
      new Binder(own).bind(tree, PriceListConfig.class);
      own.all()
          .forEach(
              p -> problems.add(FILE_KEY + ": " + file + ": " + p.path(), p.value(), p.expected()));
      return own.none() ? tree : null;
    } catch (JsonProcessingException e) {
      problems.add(FILE_KEY, file + ": not YAML that can be used", "a price list");
    } catch (IOException _) {
      problems.add(
          FILE_KEY, file + ": cannot be read", "a price list, as `drover import prices` makes it");
    }
    return null;
  }

  /**
   * Returns the number of models in a price list, or -1 when the file cannot be read or is null. A
   * list that suddenly has far fewer models is taken for a mistake.
   */
  public static int size(@Nullable String file) {
    if (file == null) {
      return -1;
    }
    JsonNode list = read(Path.of(file), new Problems());
    return list == null ? -1 : list.path("models").size();
  }

  /** Gives each target its price that does not say one. */
  void fill(JsonNode targets, Problems problems) {
    for (Map.Entry<String, JsonNode> entry : targets.properties()) {
      if (entry.getValue() instanceof ObjectNode target && !target.hasNonNull("price")) {
        String like = target.path("priced_as").asText(target.path("model").asText());
        JsonNode known = models.get(like);
        if (known != null) {
          target.set("price", known.path("price").deepCopy());
        } else if (!like.isEmpty()) {
          problems.addText(
              "targets." + entry.getKey() + (target.has("priced_as") ? ".priced_as" : ".price"),
              like,
              "a price; no price list has this model"
                  + Suggestion.hint(like, List.copyOf(models.keySet())));
        }
      }
    }
  }

  /** The price of a model, or null when nobody knows it. */
  public static @Nullable PriceConfig find(String model, @Nullable String file) {
    Problems problems = new Problems();
    ObjectNode config = (ObjectNode) Yaml.parse("{}");
    if (file != null) {
      config.put(FILE_KEY, file);
    }
    JsonNode known = of(config, problems).models.get(model);
    return known == null ? null : new Binder(problems).bind(known.path("price"), PriceConfig.class);
  }
}
