package dev.drover.tools.cli;

import dev.drover.cli.CommandGroup;
import java.util.List;

/** The commands of the tools jar. */
public final class ToolCommands implements CommandGroup {
  @Override
  public List<Object> commands() {
    return List.of(new DemoCommand(), new TryCommand(), new FakeCommand(), new LoadCommand());
  }
}
