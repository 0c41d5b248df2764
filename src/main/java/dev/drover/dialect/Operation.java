package dev.drover.dialect;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes one operation of an LLM API. Immutable.
 *
 * @param name the OpenTelemetry GenAI operation name, such as {@code chat}
 * @param method the HTTP method
 * @param path the path that clients use, such as {@code /v1/chat/completions}
 * @param suffix the path below a provider's base URL, such as {@code /chat/completions}
 * @param kind what it does
 */
public record Operation(String name, String method, PathTemplate path, String suffix, Kind kind) {
  /** The kinds of operations. */
  public enum Kind {
    /** Continues a conversation. Other APIs have it too. */
    CHAT,
    /** Generates tokens in a way that no other API has. */
    GENERATION,
    /** Reads a prompt and generates no tokens. */
    EMBEDDING,
    /** Counts the tokens of a prompt, for nothing. */
    COUNT,
    /** Reads or changes a response that a provider stores, for nothing; the path names it. */
    STORED,
    /** Drover answers it itself. */
    ANSWERED
  }

  /** Returns whether a request goes to a target; if not, Drover answers it itself. */
  public boolean isRouted() {
    return kind != Kind.ANSWERED;
  }

  /** Returns whether providers serve it for nothing. */
  public boolean isFree() {
    return kind == Kind.COUNT || kind == Kind.STORED;
  }

  /** Returns whether responses hold generated tokens. */
  public boolean generates() {
    return kind == Kind.CHAT || kind == Kind.GENERATION;
  }

  /** Returns whether a path, with or without a query, is this operation's. */
  public boolean owns(String path) {
    return variables(path) != null;
  }

  /**
   * Returns what a path names, by the names of the template; null when it is not this operation's.
   *
   * @param path with or without a query, and with or without {@code /v1} before it
   */
  public @Nullable Map<String, String> variables(String path) {
    int query = path.indexOf('?');
    String bare = query < 0 ? path : path.substring(0, query);
    Map<String, String> found = this.path.match(bare);
    boolean versioned = bare.startsWith(PathTemplate.VERSION + "/");
    return found == null && !versioned ? this.path.match(PathTemplate.VERSION + bare) : found;
  }
}
