package dev.drover.cli;

import dev.drover.alert.Webhook;
import dev.drover.alert.Webhooks;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.credential.Secrets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Tries what alerts are sent to. */
@Command(
    name = "alert",
    mixinStandardHelpOptions = true,
    description = "Try the webhooks that alerts are sent to.",
    subcommands = AlertCommand.Test.class)
final class AlertCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.err.println("alert: expected: alert test FILE [WEBHOOK]");
    return 2;
  }

  /** Sends a message that says that it is a test. */
  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = "Send a test message; exit 1 when a webhook does not take it.")
  static final class Test implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "The config file.")
    private Path file = Path.of("");

    @Parameters(
        index = "1",
        paramLabel = "WEBHOOK",
        arity = "0..1",
        description = "The webhook's name; none: all of them.")
    private @Nullable String name;

    @Override
    public Integer call() throws InterruptedException {
      Optional<GatewayConfig> config = Configs.load(file);
      if (config.isEmpty()) {
        return 1;
      }
      List<Webhook> webhooks =
          Webhooks.of(config.get().alerts(), new Secrets(System::getenv)).stream()
              .filter(webhook -> name == null || webhook.name().equals(name))
              .toList();
      if (config.get().alerts().webhooks().isEmpty()) {
        System.err.println("alerts.webhooks: none (expected: at least one to try)");
        return 1;
      }
      if (webhooks.isEmpty()) {
        System.err.printf(
            "%s: no such webhook (expected: one of %s)%n",
            name, config.get().alerts().webhooks().keySet());
        return 1;
      }
      boolean good = true;
      for (Webhook webhook : webhooks) {
        String problem = Webhooks.test(webhook, Instant.now());
        System.out.printf("%s: %s%n", webhook.name(), problem.isEmpty() ? "delivered" : problem);
        good &= problem.isEmpty();
      }
      return good ? 0 : 1;
    }
  }
}
