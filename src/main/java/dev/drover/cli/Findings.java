package dev.drover.cli;

import dev.drover.config.bind.Problem;
import dev.drover.json.Yaml;
import dev.drover.json.YamlPositions;
import dev.drover.types.FileContent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Findings in a config file: problems and warnings, with their places in it. Confined to one
 * command.
 */
final class Findings {
  /** The forms that findings are printed in. */
  enum Format {
    /** A line each, as compilers print them. */
    text,
    /** A single JSON object. */
    json,
    /** Annotations of GitHub Actions. */
    github
  }

  private record Finding(boolean problem, String path, String message, int line, int column) {}

  private final Path file;
  private final YamlPositions positions;
  private final List<Finding> all = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  Findings(Path file) {
    this.file = file;
    this.positions = positions(file);
  }

  private static YamlPositions positions(Path file) {
    try {
      return YamlPositions.of(FileContent.text(file, FileContent.MOST_OF_CONFIG));
    } catch (IOException _) {
      return YamlPositions.of(""); // which is a problem of its own
    }
  }

  /** Notes a mistake that makes the file unusable. */
  void problem(Problem problem) {
    add(true, problem.path(), problem.toString());
  }

  /** Notes something that may be wrong on this machine only, or that costs money. */
  void warning(String path, String message) {
    add(false, path, message);
  }

  /** Notes what is worth knowing. */
  void note(String text) {
    notes.add(text);
  }

  private void add(boolean problem, String path, String message) {
    YamlPositions.Position at = positions.at(path);
    all.add(new Finding(problem, path, message, at.line(), at.column()));
  }

  private long problems() {
    return all.stream().filter(Finding::problem).count();
  }

  /**
   * Prints all of it, problems last.
   *
   * @param sound the last line for a file without problems
   */
  void print(Format format, String sound) {
    switch (format) {
      case text -> text(sound);
      case json -> json();
      case github -> github();
    }
  }

  private void text(String sound) {
    for (boolean problem : new boolean[] {false, true}) {
      for (Finding each : all) {
        if (each.problem() == problem) {
          System.err.printf(
              "%s:%d:%d: %s%s%n",
              file, each.line(), each.column(), problem ? "" : "warning: ", each.message());
        }
      }
    }
    notes.forEach(System.out::println);
    if (problems() == 0) {
      System.out.println(sound);
    } else {
      System.err.println(file + ": " + problems() + (problems() == 1 ? " problem" : " problems"));
    }
  }

  private void json() {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("file", file.toString());
    page.put("sound", problems() == 0);
    page.put("problems", all.stream().filter(Finding::problem).map(Findings::tree).toList());
    page.put("warnings", all.stream().filter(each -> !each.problem()).map(Findings::tree).toList());
    page.put("notes", notes);
    System.out.println(Yaml.writeJson(page));
  }

  private static Map<String, Object> tree(Finding each) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("line", each.line());
    tree.put("column", each.column());
    tree.put("path", each.path());
    tree.put("message", each.message());
    return tree;
  }

  private void github() {
    for (Finding each : all) {
      System.out.printf(
          "::%s file=%s,line=%d,col=%d::%s%n",
          each.problem() ? "error" : "warning",
          escaped(file.toString()).replace(":", "%3A").replace(",", "%2C"),
          each.line(),
          each.column(),
          escaped(each.message()));
    }
    notes.forEach(note -> System.out.println("::notice::" + escaped(note)));
  }

  /** As GitHub's workflow commands want it. */
  private static String escaped(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }
}
