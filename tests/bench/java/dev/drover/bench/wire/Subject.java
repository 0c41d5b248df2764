package dev.drover.bench.wire;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.drover.cli.Main;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import jdk.management.jfr.FlightRecorderMXBean;

/** A server in a process of its own, looked at from outside. */
final class Subject implements AutoCloseable {

  private static final Pattern FLAGS = Pattern.compile("^flags=\\((.*)\\)$", Pattern.MULTILINE);
  private static final String UNIX = "unix:";
  private static final Duration QUIET = Duration.ofMillis(200);

  private final String name;
  private final Path config;
  private final SocketAddress address;
  private final Process process;
  private final JMXConnector connector;
  private final ThreadMXBean threads;
  private final CompilationMXBean compiler;
  private final FlightRecorderMXBean recorder;
  private final MemoryMXBean memory;

  private Subject(
      String name,
      Path config,
      SocketAddress address,
      Process process,
      JMXConnector connector,
      ThreadMXBean threads,
      CompilationMXBean compiler,
      FlightRecorderMXBean recorder,
      MemoryMXBean memory) {
    this.name = name;
    this.config = config;
    this.address = address;
    this.process = process;
    this.connector = connector;
    this.threads = threads;
    this.compiler = compiler;
    this.recorder = recorder;
    this.memory = memory;
  }

  /**
   * Answers CONTINUE to everything.
   *
   * @param echo but sends the request's body back
   */
  static Subject noOp(Path folder, boolean tcp, boolean echo) throws Exception {
    String name = echo ? "echo" : "noop";
    String listen = listen(name, folder, tcp);
    return start(name, folder, listen, NoOp.class, List.of(listen, Boolean.toString(echo)));
  }

  /**
   * Drover with a config.
   *
   * @param yaml with {@code LISTEN} and {@code STATE} to be filled in
   */
  static Subject drover(String name, Path folder, boolean tcp, String yaml) throws Exception {
    String listen = listen(name, folder, tcp);
    Path config = folder.resolve(name + (tcp ? "-tcp.yaml" : ".yaml"));
    Files.writeString(
        config,
        yaml.replace("LISTEN", listen)
            .replace("STATE", folder.resolve(name + "-state" + tcp).toString()));
    return start(name, folder, listen, Main.class, List.of("serve", config.toString()));
  }

  /** A Drover that is packaged in a jar, with a config as {@link #drover} takes it. */
  static Subject jar(String name, Path folder, Path jar, String yaml) throws Exception {
    String listen = listen(name, folder, false);
    Path config = folder.resolve(name + ".yaml");
    Files.writeString(
        config,
        yaml.replace("LISTEN", listen)
            .replace("STATE", folder.resolve(name + "-state").toString()));
    return start(
        name, folder, listen, List.of("-jar", jar.toString()), List.of("serve", config.toString()));
  }

  /** The JVM and its flags, as {@code ./drover} has them. */
  static List<String> java() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Matcher flags = FLAGS.matcher(Files.readString(Path.of("drover")));
    if (!flags.find()) {
      throw new IOException("drover: no flags of java (expected: flags=(FLAGS))");
    }
    command.addAll(List.of(flags.group(1).split(" ")));
    String more = System.getenv("DROVER_JAVA_OPTS");
    command.addAll(more == null || more.isBlank() ? List.of() : List.of(more.split(" ")));
    return command;
  }

  /** An address that is free, as configs have it. */
  private static String listen(String name, Path folder, boolean tcp) throws IOException {
    return tcp ? "127.0.0.1:" + freePort() : UNIX + folder.resolve(name + ".sock");
  }

  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static SocketAddress address(String listen) {
    return listen.startsWith(UNIX)
        ? new DomainSocketAddress(listen.substring(UNIX.length()))
        : new InetSocketAddress(
            InetAddress.getLoopbackAddress(),
            Integer.parseInt(listen.substring(listen.indexOf(':') + 1)));
  }

  private static boolean listening(SocketAddress address) {
    try (SocketChannel channel =
        address instanceof DomainSocketAddress unix
            ? SocketChannel.open(UnixDomainSocketAddress.of(unix.path()))
            : SocketChannel.open(address)) {
      return channel.isConnected();
    } catch (IOException _) {
      return false;
    }
  }

  private static Subject start(
      String name, Path folder, String listen, Class<?> main, List<String> args)
      throws IOException, InterruptedException, AttachNotSupportedException {
    return start(
        name,
        folder,
        listen,
        List.of("-cp", System.getProperty("java.class.path"), main.getName()),
        args);
  }

  @SuppressWarnings("BanJNDI") // the address is that of the process started here
  private static Subject start(
      String name, Path folder, String listen, List<String> program, List<String> args)
      throws IOException, InterruptedException, AttachNotSupportedException {
    SocketAddress address = address(listen);
    List<String> command = new ArrayList<>(java());
    command.add("-XX:FlightRecorderOptions:stackdepth=256");
    command.addAll(program);
    command.addAll(args);
    Path log = folder.resolve(name + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!listening(address) && process.isAlive() && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    if (!listening(address)) {
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
        Path.of(args.getLast()),
        address,
        process,
        connector,
        ManagementFactory.newPlatformMXBeanProxy(
            beans, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class),
        ManagementFactory.newPlatformMXBeanProxy(
            beans, ManagementFactory.COMPILATION_MXBEAN_NAME, CompilationMXBean.class),
        ManagementFactory.newPlatformMXBeanProxy(
            beans, FlightRecorderMXBean.MXBEAN_NAME, FlightRecorderMXBean.class),
        ManagementFactory.newPlatformMXBeanProxy(
            beans, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class));
  }

  String name() {
    return name;
  }

  /** The config file of a Drover. */
  Path config() {
    return config;
  }

  SocketAddress address() {
    return address;
  }

  /** Waits until it has little to do, and no longer than half a minute. */
  void settle() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    Duration before;
    do {
      before = cpu();
      Thread.sleep(QUIET.toMillis());
    } while (cpu().minus(before).compareTo(QUIET.dividedBy(5)) > 0 && System.nanoTime() - end < 0);
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

  /** The share of its CPU time that is its own code's while something happens. */
  Profile.Shares profiled(Callable<?> meanwhile) throws Exception {
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

  /** What lives on the heap after a collection, in KiB. */
  long heapKib() {
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed() / 1024;
  }

  /** Resident memory, in MiB. */
  long residentMib() throws IOException {
    return residentMib(process.pid());
  }

  /** Resident memory of a process, in MiB. */
  static long residentMib(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
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
