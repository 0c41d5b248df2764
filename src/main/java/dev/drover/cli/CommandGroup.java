package dev.drover.cli;

import java.util.List;

/**
 * Adds commands to the command line from another jar of the class path. Found by {@link
 * java.util.ServiceLoader}; implementations have a public constructor without parameters.
 */
public interface CommandGroup {
  /** Returns the commands: objects annotated for picocli, each with a name of its own. */
  List<Object> commands();
}
