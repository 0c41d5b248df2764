package dev.drover.cli;

import dev.drover.admission.Callers;
import dev.drover.config.ConfigLoader;
import dev.drover.config.Loaded;
import dev.drover.config.ProviderKinds;
import dev.drover.config.bind.Problem;
import dev.drover.types.Suggestion;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a first config. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description =
        "Write a first config, with one provider, one model and a key for one caller. Asks for what no option says.")
final class InitCommand implements Callable<Integer> {
  private static final String VARIABLE = "[A-Za-z_][A-Za-z0-9_]*";

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The file to write (default: ${DEFAULT-VALUE}). It must not exist.")
  private Path file = Path.of("drover.yaml");

  @Option(names = "--kind", paramLabel = "KIND", description = "The provider, such as openai.")
  private @Nullable String kind;

  @Option(
      names = "--key",
      paramLabel = "VARIABLE",
      description = "The environment variable that has the provider's API key.")
  private @Nullable String variable;

  @Option(names = "--model", paramLabel = "NAME", description = "The provider's name of a model.")
  private @Nullable String model;

  @Option(names = "--region", paramLabel = "NAME", description = "For bedrock and vertex.")
  private @Nullable String region;

  @Option(names = "--project", paramLabel = "NAME", description = "For vertex.")
  private @Nullable String project;

  @Option(names = "--resource", paramLabel = "NAME", description = "For azure.")
  private @Nullable String resource;

  private final @Nullable Console console = typing();

  @Override
  public Integer call() throws IOException {
    if (Files.exists(file)) {
      System.err.printf("init: %s: is there already (expected: another FILE)%n", file);
      return 2;
    }
    List<String> kinds = ProviderKinds.names();
    String chosen =
        asked("--kind", kind, "Provider, one of " + String.join(", ", kinds), kinds.getFirst());
    if (chosen == null || !kinds.contains(chosen)) {
      return wrong("--kind", chosen, "one of " + kinds + Suggestion.hint(shown(chosen), kinds));
    }
    String key =
        asked(
            "--key",
            variable,
            "Environment variable with its key",
            ProviderKinds.keyVariable(chosen));
    if (key != null && !key.isEmpty() && !key.matches(VARIABLE)) {
      return wrong("--key", key, "the name of an environment variable; the key itself goes there");
    }
    String name = asked("--model", model, "A model of it, by its own name", "");
    if (name == null || !name.matches("[!-~&&[^\"\\\\]]+")) {
      return wrong("--model", name, "a model's name, such as gpt-5.4-mini");
    }
    List<String> places = new ArrayList<>();
    List<String> needed = ProviderKinds.places(chosen);
    place(places, "region", region, needed);
    place(places, "project", project, needed);
    place(places, "resource", resource, needed);
    String credential =
        key == null || key.isEmpty() ? ProviderKinds.credential(chosen) : "env: " + key;
    return written(chosen, credential, name, String.join("", places));
  }

  /** Returns what people type at, or null where nobody sits. */
  private static @Nullable Console typing() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).orElse(null);
  }

  private int written(String chosen, String credential, String name, String places)
      throws IOException {
    String secret = KeyCommand.secret();
    String yaml =
        """
        # Written by `drover init`. `drover check %s` tells what is wrong with it, `drover try %s` runs it here without keys.
        version: 1
        providers:
          %s: { kind: %s%s%s }
        targets:
          first: { provider: %s, model: "%s" }
        models:
          "%s": { targets: [first], aliases: [default] }
        keys:
          - { id: me, sha256: "%s" }
        """
            .formatted(
                file,
                file,
                chosen,
                chosen,
                places,
                credential.isEmpty() ? "" : ", credentials: [ { " + credential + " } ]",
                chosen,
                name,
                name,
                Callers.sha256(secret));
    if (ConfigLoader.parse(yaml) instanceof Loaded.Broken broken) {
      for (Problem problem : broken.problems()) {
        System.err.println("init: " + problem);
      }
      return 1;
    }
    Files.writeString(file, yaml, StandardOpenOption.CREATE_NEW);
    System.out.printf(
        """
        %s is written: model "%s" at %s.
        The key for its caller, which is shown only now:
          %s
        Next:
          drover check %s
          drover try %s
        """,
        file, name, chosen, secret, file, file);
    return 0;
  }

  private void place(List<String> places, String key, @Nullable String given, List<String> needed) {
    String value = needed.contains(key) ? asked("--" + key, given, "Its " + key, "") : null;
    if (value != null && !value.isEmpty()) {
      places.add(", %s: %s".formatted(key, value));
    }
  }

  /** Returns what an option says, else what is typed; null when nobody can be asked. */
  private @Nullable String asked(
      String option, @Nullable String given, String question, String usual) {
    if (given != null || console == null) {
      return given == null && !usual.isEmpty() && !option.equals("--kind") ? usual : given;
    }
    String typed = console.readLine("%s%s: ", question, usual.isEmpty() ? "" : " [" + usual + "]");
    return typed == null || typed.isBlank() ? usual : typed.strip();
  }

  private static String shown(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static int wrong(String option, @Nullable String value, String expected) {
    System.err.printf(
        "init: %s: %s (expected: %s)%n",
        option, value == null ? "not given" : "\"" + value + "\"", expected);
    return 2;
  }
}
