package dev.drover.state.affinity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.drover.config.schema.AffinityConfig;
import dev.drover.dialect.Prompt;
import dev.drover.dialect.Span;
import dev.drover.types.Bytes;
import dev.drover.types.Ticker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for each conversation which target's prompt cache knows how much of it. Bounded in
 * number and time; outlives reloads; thread-safe. Nothing of a conversation is kept but a hash with
 * a salt that dies with the process.
 */
public final class Sessions {
  /** Bytes of each part that the hash of a conversation covers. */
  private static final int HASHED = 64 << 10;

  /** The usual rule of thumb; whether to hash at all needs no better. */
  private static final int BYTES_PER_TOKEN = 4;

  /**
   * The part of a conversation that the prompt cache of a target holds.
   *
   * @param target the target's name
   * @param tokens the estimated number of prompt tokens
   */
  public record Warm(String target, long tokens) {}

  private final Cache<SessionKey, Warm> warm;
  private final byte[] salt;
  private volatile int minTokens;

  /**
   * @param salt chosen at random for this process
   */
  public Sessions(byte[] salt, Ticker ticker) {
    this.salt = salt.clone();
    this.warm =
        Caffeine.newBuilder()
            .ticker(ticker::nanos)
            .expireAfterWrite(Duration.ofHours(1))
            .maximumSize(1)
            .executor(Runnable::run)
            .build();
  }

  /** Takes settings up; what is remembered stays. */
  public void configure(AffinityConfig config) {
    minTokens = config.minTokens();
    warm.policy().expireAfterWrite().orElseThrow().setExpiresAfter(config.ttl());
    warm.policy().eviction().orElseThrow().setMaximum(config.maxSessions());
  }

  /** Returns whether a prompt of this size, in bytes, is large enough for providers to cache it. */
  public boolean worth(int promptBytes) {
    return promptBytes / BYTES_PER_TOKEN >= minTokens;
  }

  /** Returns the target whose prompt cache holds a conversation, or null when none is known. */
  public @Nullable Warm find(@Nullable SessionKey session) {
    return session == null ? null : warm.getIfPresent(session);
  }

  /** Notes that a target has read a prompt of the conversation just now. */
  public void note(@Nullable SessionKey session, String target, long promptTokens) {
    if (session != null && promptTokens >= minTokens) {
      warm.put(session, new Warm(target, promptTokens));
    }
  }

  /** Conversations remembered, about. */
  public long size() {
    return warm.estimatedSize();
  }

  /**
   * The key of a conversation that the client has named. Each caller has conversations of its own.
   *
   * @param caller the caller's identity
   */
  public SessionKey named(String caller, String session) {
    MessageDigest digest = digest(caller);
    digest.update((byte) 'n');
    digest.update(session.getBytes(StandardCharsets.UTF_8));
    return key(digest);
  }

  /**
   * The key of a conversation by how it began: instructions, tools and the user's first message,
   * which every further request repeats. Null when there is nothing to go by.
   *
   * @param caller the caller's identity
   */
  public @Nullable SessionKey begun(String caller, Prompt prompt, Bytes body) {
    if (prompt.firstUser().isEmpty()) {
      return null;
    }
    MessageDigest digest = digest(caller);
    digest.update((byte) 'b');
    prompt.instructions().forEach(span -> add(digest, body, span));
    if (prompt.tools() != null) {
      add(digest, body, prompt.tools());
    }
    prompt.firstUser().forEach(span -> add(digest, body, span));
    return key(digest);
  }

  private static void add(MessageDigest digest, Bytes body, Span span) {
    int length = span.to() - span.from();
    digest.update(body.array(), body.offset() + span.from(), Math.min(length, HASHED));
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, length));
  }

  private MessageDigest digest(String caller) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      digest.update(caller.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: missing (expected: in every JDK)", e);
    }
  }

  private static SessionKey key(MessageDigest digest) {
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    return new SessionKey(hash.getLong(), hash.getLong());
  }
}
