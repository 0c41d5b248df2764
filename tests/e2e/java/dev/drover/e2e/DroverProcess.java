package dev.drover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Drover as a process of its own, so that it can be killed. */
final class DroverProcess {
  private final Process process;
  private final String admin;

  private DroverProcess(Process process, String admin) {
    this.process = process;
    this.admin = admin;
  }

  /**
   * Runs {@code drover serve} and waits until it is ready; its temporary files are in tmp.
   *
   * @param jvm further arguments of the JVM
   */
  static DroverProcess serve(Path config, int adminPort, String... jvm)
      throws IOException, InterruptedException {
    return serve(config, adminPort, Map.of(), jvm);
  }

  /**
   * Runs {@code drover serve} as {@link #serve(Path, int, String...)} does.
   *
   * @param environment further variables of the process
   */
  static DroverProcess serve(
      Path config, int adminPort, Map<String, String> environment, String... jvm)
      throws IOException, InterruptedException {
    Path log = config.resolveSibling("log");
    Path tmp = Files.createDirectories(config.resolveSibling("tmp"));
    List<String> command = command("serve", config.toString());
    command.add(1, "-Djava.io.tmpdir=" + tmp);
    command.addAll(1, List.of(jvm));
    ProcessBuilder process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    process.environment().putAll(environment);
    DroverProcess drover = new DroverProcess(process.start(), "http://127.0.0.1:" + adminPort);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!drover.ready() && System.nanoTime() < deadline && drover.process.isAlive()) {
      Thread.sleep(20);
    }
    assertThat(drover.ready()).as(Files.readString(log)).isTrue();
    return drover;
  }

  /** Runs a command to its end; what it printed. */
  static String run(String... args) throws IOException, InterruptedException {
    Process process = start(args);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }

  /** Starts a command; its errors are in its output. */
  static Process start(String... args) throws IOException {
    return new ProcessBuilder(command(args)).redirectErrorStream(true).start();
  }

  /** Starts a command that writes to a file. */
  static Process start(Path output, String... args) throws IOException {
    return new ProcessBuilder(command(args))
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  private static List<String> command(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1"));
    command.add(Main.class.getName());
    command.addAll(List.of(args));
    return command;
  }

  private boolean ready() throws InterruptedException {
    try {
      return Http.get(admin + "/health/ready").statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  /** Where the admin server is. */
  String admin() {
    return admin;
  }

  /** Returns the number of its process. */
  long pid() {
    return process.pid();
  }

  /** Returns a dump of its threads. */
  String threads() throws IOException, InterruptedException {
    return jcmd("Thread.print");
  }

  /** Returns what its JVM says to a command of {@code jcmd}. */
  String jcmd(String command) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    String dump = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jcmd.waitFor()).as(dump).isZero();
    return dump;
  }

  /** Returns whether it still runs. */
  boolean alive() {
    return process.isAlive();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM; waits for the end. */
  void stop() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }
}
