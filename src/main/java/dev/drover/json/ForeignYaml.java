package dev.drover.json;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.DuplicateKeyException;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserException;
import org.yaml.snakeyaml.scanner.ScannerException;

/**
 * YAML that was written for another program: aliases and merge keys are what they stand for,
 * numbers as exact and dates as textual as they are written. Confined to one document.
 */
public final class ForeignYaml {
  private static final int DEEPEST = 100;
  private static final int MOST_VALUES = 1_000_000;

  private int values;

  private ForeignYaml() {}

  /**
   * A document as maps, lists and scalars.
   *
   * @throws UncheckedIOException when it is no mapping; says what is wrong and where, without what
   *     stands there
   */
  public static Map<String, Object> read(String text) {
    try {
      Object tree = new Yaml(new Exact()).load(text);
      if (tree instanceof Map<?, ?> map) {
        return new ForeignYaml().map(map, 0);
      }
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      throw refused("line " + line + ": " + problem(e));
    } catch (YAMLException e) {
      throw refused(e.getCause() == null ? firstLine(e.getMessage()) : "a value not as its tag");
    }
    throw refused("no mapping");
  }

  /**
   * Returns the description of a problem without any text of the document. The library's
   * descriptions of syntax errors have none; its descriptions of aliases and tags do, so they are
   * replaced.
   */
  private static String problem(MarkedYAMLException e) {
    return switch (e) {
      case ScannerException _, ParserException _ -> firstLine(e.getProblem());
      case DuplicateKeyException _ -> "a key stands twice";
      default ->
          firstLine(e.getProblem()).contains("another document")
              ? "a second document: only one is read"
              : "an alias or a tag that is not known";
    };
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "" : text.lines().findFirst().orElse("");
  }

  private static UncheckedIOException refused(String why) {
    return new UncheckedIOException(new IOException(why));
  }

  private Map<String, Object> map(Map<?, ?> from, int depth) {
    Map<String, Object> to = new LinkedHashMap<>();
    from.forEach((key, value) -> to.put(String.valueOf(key), copy(value, depth + 1)));
    return to;
  }

  /** Aliases share what they stand for; the copy shares nothing, and has its bounds. */
  private @Nullable Object copy(@Nullable Object value, int depth) {
    if (depth > DEEPEST) {
      throw refused("nested deeper than " + DEEPEST + ", or an alias within what it stands for");
    }
    if (++values > MOST_VALUES) {
      throw refused("more than " + MOST_VALUES + " values, aliases counted");
    }
    return switch (value) {
      case Map<?, ?> map -> map(map, depth);
      case Iterable<?> items -> {
        List<@Nullable Object> list = new ArrayList<>();
        items.forEach(item -> list.add(copy(item, depth + 1)));
        yield list;
      }
      case null, default -> value;
    };
  }

  private static final class Exact extends SafeConstructor {
    Exact() {
      super(options());
      yamlConstructors.put(
          Tag.FLOAT,
          new AbstractConstruct() {
            @Override
            public Object construct(Node node) {
              String text = ((ScalarNode) node).getValue();
              try {
                return new BigDecimal(text);
              } catch (NumberFormatException _) {
                return text; // .inf, say
              }
            }
          });
      yamlConstructors.put(Tag.TIMESTAMP, new ConstructYamlStr());
    }

    private static LoaderOptions options() {
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      options.setMaxAliasesForCollections(MOST_VALUES);
      options.setNestingDepthLimit(DEEPEST);
      options.setWrappedToRootException(true);
      return options;
    }
  }
}
