package dev.drover.dialect;

import dev.drover.dialect.chat.ChatRequest;
import dev.drover.dialect.chat.Losses;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ResponseEncoder;
import dev.drover.json.Json;
import dev.drover.types.Bytes;
import dev.drover.types.NamePatterns;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Describes how clients speak an LLM API: its operations, its requests, its errors. Implementations
 * are pure functions of bytes, immutable and thread-safe. They know nothing of Envoy, targets or
 * money.
 */
public interface ClientApi {
  /**
   * Returns whether a request is this API's where its path is that of another API too.
   *
   * @param headers the first value of a request header by its lower-case name, or an empty text
   */
  default boolean isSpoken(UnaryOperator<String> headers) {
    return false;
  }

  /**
   * Reads a whole chat request.
   *
   * @param facts as {@link #parse} read them
   * @param body the same request
   * @param losses takes the fields that no other API can carry
   */
  ChatRequest read(RequestFacts facts, Json body, Losses losses);

  /** Returns what writes the response to a chat request in this API. */
  ResponseEncoder encoder(ResponseContext context);

  /**
   * Returns the name that the client gives to its conversation in headers of this API, or null.
   *
   * @param headers the first value of a request header by its lower-case name, or an empty text
   */
  default @Nullable String session(UnaryOperator<String> headers) {
    return null;
  }

  /** Returns the name of the dialect, as in the config. */
  String name();

  /** Returns all operations. At most one of them matches a method and a path. */
  List<Operation> operations();

  /**
   * Reads a request body in one bounded pass. Never throws on any bytes.
   *
   * @param variables what the path names, by the names of the operation's template
   */
  ParseResult parse(Operation operation, Map<String, String> variables, Bytes body);

  /** Reads the body of a request whose path names nothing. */
  default ParseResult parse(Operation operation, Bytes body) {
    return parse(operation, Map.of(), body);
  }

  /**
   * Returns the request headers, in lower case, in which clients of this API send credentials or
   * account names. No provider gets them from a client.
   */
  Set<String> credentialHeaders();

  /**
   * Returns the request headers of this API, in lower case, that a provider of the same API gets
   * from a client.
   */
  NamePatterns forwardedHeaders();

  /**
   * Returns the top-level fields of a request that do not change its response. They do not count
   * when two requests are compared for the cache.
   */
  Set<String> fieldsWithoutEffect();

  /**
   * Writes an error.
   *
   * @param status the HTTP status that goes with it
   * @param param the field at fault, or null
   */
  Bytes error(int status, String code, String message, @Nullable String param);

  /** Writes the response to a request for the list of models. */
  Bytes modelList(List<ModelInfo> models);

  /** Writes the response to a request for one model. */
  Bytes model(ModelInfo model);

  /** Writes the response to a request to count the tokens of a prompt. */
  Bytes tokenCount(long tokens);

  /** Returns the status by which clients of this API know what a provider of another one says. */
  default int status(int ofProvider) {
    return ofProvider == 529 ? 503 : ofProvider;
  }

  /**
   * Returns the response headers that tell a client what is left of its rate limits.
   *
   * @param now the time of day
   */
  Map<String, String> limitHeaders(List<RateLimit> limits, Instant now);

  /**
   * Writes a response that came as a stream of events as one document. Takes its time.
   *
   * @return null when the stream is none that can be written so
   */
  default @Nullable Bytes document(Bytes events) {
    return Replay.rewritten(this, events, false, true);
  }

  /**
   * Writes a response that is one document as a stream of events.
   *
   * @param usage whether the stream tells its usage
   * @return null when the document is none that can be written so
   */
  default @Nullable Bytes events(Bytes document, boolean usage) {
    return Replay.rewritten(this, document, true, usage);
  }

  /** Returns the operation that a request asks for, or null when there is none. */
  default @Nullable Operation operation(String method, String path) {
    for (Operation operation : operations()) {
      if (operation.method().equals(method) && operation.owns(path)) {
        return operation;
      }
    }
    return null;
  }

  /** Returns the operation at a path under any method, or null when there is none. */
  default @Nullable Operation operationAt(String path) {
    for (Operation operation : operations()) {
      if (operation.owns(path)) {
        return operation;
      }
    }
    return null;
  }
}
