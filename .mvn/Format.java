import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks ("check") or rewrites ("write") all Java files below the given folders. */
final class Format {
  private Format() {}

  public static void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    var formatter = new Formatter();
    List<String> bad = new ArrayList<>();
    int seen = 0;
    for (int i = 1; i < args.length; i++) {
      Path root = Path.of(args[i]);
      if (!Files.isDirectory(root)) {
        continue;
      }
      List<Path> files;
      try (var walk = Files.walk(root)) {
        files = walk.filter(p -> p.toString().endsWith(".java")).sorted().toList();
      }
      for (Path file : files) {
        seen++;
        String before = Files.readString(file);
        try {
          String after =
              formatter.formatSource(
                  ImportOrderer.reorderImports(
                      RemoveUnusedImports.removeUnusedImports(before), Style.GOOGLE));
          if (!after.equals(before)) {
            bad.add(file + ":" + firstDifference(before, after));
            if (write) {
              Files.writeString(file, after);
            }
          }
        } catch (FormatterException e) {
          e.diagnostics().forEach(d -> System.err.println(file + ":" + d));
          System.exit(2);
        }
      }
    }
    if (write) {
      System.out.println("Formatted " + bad.size() + " of " + seen + " files.");
    } else if (!bad.isEmpty()) {
      System.err.println("Not in google-java-format (file:first differing line):");
      bad.forEach(b -> System.err.println("  " + b));
      System.err.println("Run: mvn -Pformat process-sources");
      System.exit(1);
    }
  }

  private static int firstDifference(String before, String after) {
    List<String> a = before.lines().toList();
    List<String> b = after.lines().toList();
    int n = 0;
    while (n < a.size() && n < b.size() && a.get(n).equals(b.get(n))) {
      n++;
    }
    return n + 1;
  }
}
