package dev.drover.cli;

import dev.drover.admission.Callers;
import dev.drover.config.schema.Names;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes keys for clients. */
@Command(
    name = "key",
    mixinStandardHelpOptions = true,
    description = "Make keys that clients identify themselves with.",
    subcommands = KeyCommand.New.class)
final class KeyCommand implements Callable<Integer> {
  private static final int SECRET_BYTES = 32;

  @Override
  public Integer call() {
    System.err.println("key: expected: key new ID [--team TEAM] [--project PROJECT]");
    return 2;
  }

  /** Returns a fresh secret for a caller. */
  static String secret() {
    byte[] random = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(random);
    return Callers.PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** A fresh secret and its line for the config. */
  @Command(
      name = "new",
      mixinStandardHelpOptions = true,
      description = "Print a fresh secret, once, and what belongs into the config for it.")
  static final class New implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "The key's name, for records and messages.")
    private String id = "";

    @Option(names = "--team", paramLabel = "TEAM", description = "The team it belongs to.")
    private @Nullable String team;

    @Option(names = "--project", paramLabel = "PROJECT", description = "What it is used for.")
    private @Nullable String project;

    @Override
    public Integer call() {
      for (String name : new String[] {id, team, project}) {
        if (name != null && !name.matches(Names.NAME)) {
          System.err.printf("%s: no name (expected: text that matches %s)%n", name, Names.NAME);
          return 2;
        }
      }
      String secret = secret();
      System.out.printf(
          """
          The secret, for the client; it is shown only now:
            %s
          For the config, under keys:
            - { id: "%s", sha256: "%s"%s%s }
          """,
          secret,
          id,
          Callers.sha256(secret),
          team == null ? "" : ", team: \"%s\"".formatted(team),
          project == null ? "" : ", project: \"%s\"".formatted(project));
      return 0;
    }
  }
}
