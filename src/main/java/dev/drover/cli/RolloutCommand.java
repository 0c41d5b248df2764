package dev.drover.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Looks at the rollouts of a running Drover and moves them by hand. */
@Command(
    name = "rollout",
    mixinStandardHelpOptions = true,
    description = "Look at the rollouts of a running Drover, or move one by hand.")
final class RolloutCommand implements Callable<Integer> {
  /** The actions on rollouts; the names are as typed. */
  enum Action {
    status,
    promote,
    pause,
    resume,
    rollback,
    restart
  }

  @Parameters(index = "0", paramLabel = "ACTION", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Action action = Action.status;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "MODEL",
      description = "The model; status without it shows all.")
  private @Nullable String model;

  @Mixin private AdminClient admin = new AdminClient();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (action == Action.status) {
      return admin.show("/rollouts", model);
    }
    if (model == null) {
      System.err.println("MODEL: missing (expected: rollout " + action + " MODEL)");
      return 2;
    }
    return admin.change("rollouts", model, action.name());
  }
}
