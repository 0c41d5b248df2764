package dev.drover.coordination.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * A connection to Redis. What is taken over it is held in the name of its own member, so it is free
 * again soon after the connection is gone. Thread-safe.
 */
final class RedisConnection implements AutoCloseable {
  private final StatefulRedisConnection<byte[], byte[]> connection;
  private final Map<Script, String> loaded = new EnumMap<>(Script.class);
  private final String member = UUID.randomUUID().toString();
  private volatile boolean givenUp;

  private RedisConnection(StatefulRedisConnection<byte[], byte[]> connection) {
    this.connection = connection;
  }

  /** Connects and loads the scripts; blocks. */
  static RedisConnection open(RedisClient client, RedisURI uri, Duration patience) {
    RedisConnection connection = new RedisConnection(client.connect(ByteArrayCodec.INSTANCE, uri));
    try {
      connection.connection.setTimeout(patience);
      for (Script script : Script.values()) {
        connection.loaded.put(script, connection.connection.sync().scriptLoad(script.source()));
      }
      return connection;
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  String member() {
    return member;
  }

  /**
   * Returns whether the connection may be used. A connection that was given up never becomes good
   * again.
   */
  boolean isGood() {
    return !givenUp && connection.isOpen();
  }

  /** Marks the connection as not to be used from now on. */
  void giveUp() {
    givenUp = true;
  }

  /** Sends a script; those that are sent one after the other are done in this order. */
  CompletableFuture<ScriptReply> run(Script script, Arguments arguments) {
    try {
      return connection
          .async()
          .<List<?>>evalsha(
              loaded.get(script), ScriptOutputType.MULTI, arguments.keys(), arguments.values())
          .toCompletableFuture()
          .thenApply(ScriptReply::new);
    } catch (RedisException e) { // its queue is full, or it is closed
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Takes its member out: what that still holds is free at once. */
  void leave(Keys keys) {
    connection.async().zrem(keys.live(), member.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    if (connection.isOpen()) { // else Lettuce warns
      connection.close();
    }
  }
}
