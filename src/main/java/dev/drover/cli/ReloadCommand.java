package dev.drover.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code drover reload}. */
@Command(
    name = "reload",
    mixinStandardHelpOptions = true,
    description =
        "Have a running Drover read its config file again now; a broken one changes nothing.")
final class ReloadCommand implements Callable<Integer> {
  @Mixin private AdminClient admin = new AdminClient();

  @Override
  public Integer call() throws IOException, InterruptedException {
    return admin.change("/config/reload");
  }
}
