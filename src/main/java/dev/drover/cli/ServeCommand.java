package dev.drover.cli;

import dev.drover.app.Server;
import dev.drover.config.schema.GatewayConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Runs Drover until it is told to stop. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Run the ext_proc server and the admin server until SIGTERM, then drain.")
final class ServeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  @Parameters(paramLabel = "FILE", description = "The config file; watched for changes.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<GatewayConfig> config = Configs.load(file);
    if (config.isEmpty()) {
      return 1;
    }
    Server server = new Server(file, config.get(), List.of());
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, stopped), "drover-stop"));
    log.info("ext_proc at {}, admin at http://{}", server.extProcAddress(), server.adminAddress());
    log.info("{}", WhoMayCall.line(config.get()));
    stopped.await();
    return 0;
  }

  private static void stop(Server server, CountDownLatch stopped) {
    try {
      log.info("draining, {} exchanges on their way", server.exchangesActive());
      server.drain();
    } catch (InterruptedException _) {
      server.close();
    }
    stopped.countDown();
  }
}
