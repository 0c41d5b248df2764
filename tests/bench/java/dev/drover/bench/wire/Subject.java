package dev.drover.bench.wire;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.drover.cli.Main;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import jdk.management.jfr.FlightRecorderMXBean;

/** A server in a process of its own, looked at from outside. */
final class Subject implements AutoCloseable {
  /** As {@code ./drover} has them. */
  private static final List<String> FLAGS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+UseParallelGC");

  private final String name;
  private final Path socket;
  private final Process process;
  private final JMXConnector connector;
  private final ThreadMXBean threads;
  private final CompilationMXBean compiler;
  private final FlightRecorderMXBean recorder;

  private Subject(
      String name,
      Path socket,
      Process process,
      JMXConnector connector,
      ThreadMXBean threads,
      CompilationMXBean compiler,
      FlightRecorderMXBean recorder) {
    this.name = name;
    this.socket = socket;
    this.process = process;
    this.connector = connector;
    this.threads = threads;
    this.compiler = compiler;
    this.recorder = recorder;
  }

  /** Answers CONTINUE to everything. */
  static Subject noOp(Path folder) throws Exception {
    Path socket = folder.resolve("noop.sock");
    return start("noop", folder, socket, NoOp.class, List.of(socket.toString()));
  }

  /**
   * Drover with a config.
   *
   * @param yaml with {@code SOCKET} and {@code STATE} to be filled in
   */
  static Subject drover(String name, Path folder, String yaml) throws Exception {
    Path socket = folder.resolve(name + ".sock");
    Path config = folder.resolve(name + ".yaml");
    Files.writeString(
        config,
        yaml.replace("SOCKET", socket.toString())
            .replace("STATE", folder.resolve(name + "-state").toString()));
    return start(name, folder, socket, Main.class, List.of("serve", config.toString()));
  }

  private static Subject start(
      String name, Path folder, Path socket, Class<?> main, List<String> args)
      throws IOException, InterruptedException, AttachNotSupportedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.add("-XX:FlightRecorderOptions:stackdepth=256");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(args);
    Path log = folder.resolve(name + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.exists(socket) && process.isAlive() && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    if (!Files.exists(socket)) {
      process.destroyForcibly();
      throw new IOException(name + ": did not start: " + Files.readString(log));
    }
    VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
    String url = machine.startLocalManagementAgent();
    machine.detach();
    JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(url));
    MBeanServerConnection beans = connector.getMBeanServerConnection();
    return new Subject(
        name,
        socket,
        process,
        connector,
        ManagementFactory.newPlatformMXBeanProxy(
            beans, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class),
        ManagementFactory.newPlatformMXBeanProxy(
            beans, ManagementFactory.COMPILATION_MXBEAN_NAME, CompilationMXBean.class),
        ManagementFactory.newPlatformMXBeanProxy(
            beans, FlightRecorderMXBean.MXBEAN_NAME, FlightRecorderMXBean.class));
  }

  String name() {
    return name;
  }

  Path socket() {
    return socket;
  }

  /** CPU time used so far, all threads of it. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Bytes allocated so far by platform threads. */
  long allocated() {
    return threads.getTotalThreadAllocatedBytes();
  }

  /** Time spent compiling bytecode so far. */
  Duration compiling() {
    return Duration.ofMillis(compiler.getTotalCompilationTime());
  }

  /** Profiles what happens meanwhile. */
  Profile profiled(Callable<?> meanwhile) throws Exception {
    long recording = recorder.newRecording();
    recorder.setRecordingSettings(recording, Profile.SETTINGS);
    recorder.startRecording(recording);
    meanwhile.call();
    recorder.stopRecording(recording);
    Path file = Path.of("target", "wire-" + name + "-own.jfr").toAbsolutePath();
    recorder.copyTo(recording, file.toString());
    recorder.closeRecording(recording);
    return Profile.of(file);
  }

  /** Resident memory, in MiB. */
  long residentMib() throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElse(0);
  }

  @Override
  public void close() throws IOException {
    connector.close();
    process.destroy();
    try {
      if (process.waitFor(20, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
