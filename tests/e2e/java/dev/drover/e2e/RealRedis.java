package dev.drover.e2e;

import dev.drover.tools.standin.Ports;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.api.sync.RedisServerCommands;
import java.io.IOException;
import java.util.function.Consumer;
import redis.embedded.RedisServer;

/** A real Redis on loopback, without anything on disk. */
final class RealRedis implements AutoCloseable {
  final int port;
  private RedisServer server;

  RealRedis() throws IOException {
    this(Ports.free());
  }

  RealRedis(int port) throws IOException {
    this.port = port;
    this.server = start();
  }

  private RedisServer start() throws IOException {
    RedisServer started =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
    started.start();
    return started;
  }

  int port() {
    return port;
  }

  String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Ends it; what it knew is lost. */
  void kill() throws IOException {
    server.stop();
  }

  /** Starts it anew, empty. */
  void restart() throws IOException {
    server = start();
  }

  /** Lets every client wait. */
  void pause(int millis) {
    command(redis -> redis.clientPause(millis));
  }

  /** Forgets everything, and goes on. */
  void forget() {
    command(RedisServerCommands::flushall);
  }

  private void command(Consumer<RedisCommands<String, String>> command) {
    RedisClient client = RedisClient.create(url());
    try (var connection = client.connect()) {
      command.accept(connection.sync());
    } finally {
      client.shutdown();
    }
  }

  @Override
  public void close() throws IOException {
    kill();
  }
}
