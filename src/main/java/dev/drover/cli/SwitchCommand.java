package dev.drover.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Switches a target, or all targets of a provider, of a running Drover off or on. */
@Command(
    mixinStandardHelpOptions = true,
    description = "Switch one off or on in a running Drover; it stays so over restarts.")
final class SwitchCommand implements Callable<Integer> {
  /** The positions of a switch; the names are as typed. */
  enum Action {
    disable,
    enable
  }

  private final String kind;

  @Parameters(index = "0", paramLabel = "ACTION", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Action action = Action.enable;

  @Parameters(index = "1", paramLabel = "NAME", description = "Its name in the config.")
  private String name = "";

  @Mixin private AdminClient admin = new AdminClient();

  /**
   * @param kind as in the admin port's paths
   */
  SwitchCommand(String kind) {
    this.kind = kind;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return admin.change(kind, name, action.name());
  }
}
