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
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The prices of models, for targets that state none. A configured file overrides the built-in list
 * model by model. Immutable.
 */
public final class PriceList {
  private static final String CACHED = "cached_input";
  private static final String FILE_KEY = "price_list";

  private final Map<String, JsonNode> own;

  private PriceList(Map<String, JsonNode> own) {
    this.own = own;
  }

  /**
   * The built-in list: one model a line, of which most are never looked at. It is read when the
   * first price is looked up, and each line is parsed when it is.
   */
  private static final class BuiltIn {
    private static final String BEFORE = "  \"";
    private static final String BETWEEN = "\": ";
    private static final Map<String, String> LINES = lines();

    private static Map<String, String> lines() {
      Map<String, String> lines = new TreeMap<>();
      Yaml.resource(PriceList.class, "prices.yaml")
          .lines()
          .filter(line -> line.startsWith(BEFORE))
          .forEach(
              line -> {
                int end = line.indexOf(BETWEEN);
                lines.put(
                    line.substring(BEFORE.length(), end), line.substring(end + BETWEEN.length()));
              });
      return lines;
    }
  }

  /**
   * Returns what the list says of a model at a kind of provider, else of the model anywhere; null
   * where it has neither. A configured file goes first.
   */
  private @Nullable JsonNode model(String kind, String name) {
    List<String> names = kind.isEmpty() ? List.of(name) : List.of(kind + "/" + name, name);
    for (String each : names) {
      if (own.containsKey(each)) {
        return own.get(each);
      }
    }
    for (String each : names) {
      String line = BuiltIn.LINES.get(each);
      if (line != null) {
        return Yaml.parse(line);
      }
    }
    return null;
  }

  /** Returns the names of the models that the built-in list has. */
  public static Set<String> builtInModels() {
    return Collections.unmodifiableSet(BuiltIn.LINES.keySet());
  }

  /** The list that a config refers to; what is wrong with its file is a problem of the config. */
  static PriceList of(JsonNode config, Problems problems) {
    Map<String, JsonNode> models = new TreeMap<>();
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
  void fill(JsonNode targets, JsonNode providers, Problems problems) {
    for (Map.Entry<String, JsonNode> entry : targets.properties()) {
      if (entry.getValue() instanceof ObjectNode target && !target.hasNonNull("price")) {
        String like = target.path("priced_as").asText(target.path("model").asText());
        JsonNode known = model(kind(target, providers), like);
        if (known != null) {
          target.set("price", known.path("price").deepCopy());
        } else if (!like.isEmpty()) {
          problems.addText(
              "targets." + entry.getKey() + (target.has("priced_as") ? ".priced_as" : ".price"),
              like,
              "a price; no price list has this model" + Suggestion.hint(like, names()));
        }
      }
    }
  }

  private List<String> names() {
    List<String> all = new ArrayList<>(own.keySet());
    all.addAll(BuiltIn.LINES.keySet());
    return all;
  }

  private static String kind(JsonNode target, JsonNode providers) {
    return providers.path(target.path("provider").asText()).path("kind").asText();
  }

  /**
   * Says how old the prices are that a config takes from a list, and which of its own prices leave
   * out what cached tokens cost though the list knows it.
   *
   * @param text a sound config
   */
  public static List<String> review(String text, LocalDate today) {
    JsonNode config = Yaml.parse(text);
    PriceList list = of(config, new Problems());
    List<String> said = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : config.path("targets").properties()) {
      JsonNode target = entry.getValue();
      String like = target.path("priced_as").asText(target.path("model").asText());
      JsonNode listed = list.model(kind(target, config.path("providers")), like);
      JsonNode price = target.path("price");
      if (!price.isObject() && listed != null) {
        String date = listed.path("date").asText();
        said.add(
            "targets.%s: price of %s read on %s%s, from %s"
                .formatted(
                    entry.getKey(), like, date, age(date, today), listed.path("source").asText()));
      } else if (listed != null && listed.path("price").has(CACHED) && !price.has(CACHED)) {
        said.add(
            "warning: targets.%s.price.cached_input: none, so cached tokens cost as others (expected: a price; the list has %s for %s)"
                .formatted(entry.getKey(), listed.path("price").path(CACHED), like));
      }
    }
    return said;
  }

  private static String age(String date, LocalDate today) {
    try {
      return ", %d days ago".formatted(ChronoUnit.DAYS.between(LocalDate.parse(date), today));
    } catch (DateTimeException _) {
      return "";
    }
  }

  /**
   * Returns the price of a model, or null when nobody knows it.
   *
   * @param kind of the provider; empty when it is none that is known
   */
  public static @Nullable PriceConfig find(String kind, String model, @Nullable String file) {
    Problems problems = new Problems();
    ObjectNode config = (ObjectNode) Yaml.parse("{}");
    if (file != null) {
      config.put(FILE_KEY, file);
    }
    JsonNode known = of(config, problems).model(kind, model);
    return known == null ? null : new Binder(problems).bind(known.path("price"), PriceConfig.class);
  }
}
