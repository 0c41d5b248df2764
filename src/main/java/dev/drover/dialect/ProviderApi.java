package dev.drover.dialect;

import dev.drover.dialect.chat.ChatRequest;
import dev.drover.dialect.chat.ChatStream;
import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.Losses;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ResponseDecoder;
import dev.drover.json.Json;
import dev.drover.types.Bytes;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Describes how providers are spoken to in an LLM API: how a request is fitted to a target, how a
 * response is read. Implementations are pure functions of bytes, immutable and thread-safe.
 */
public interface ProviderApi {
  /** Returns the name of the dialect, as in the config. */
  String name();

  /**
   * Fits the body of a client that speaks the same API to a target. No byte outside what has to
   * change is touched.
   *
   * @param facts as read from that very body
   * @param model the target's name for its model
   * @param askUsage whether a streaming request that did not ask for usage shall
   */
  UpstreamRequest.Body fit(RequestFacts facts, Bytes body, String model, boolean askUsage);

  /** Returns the name of the client API whose requests and responses this is spoken in. */
  default String clientApi() {
    return name();
  }

  /** Returns whether the provider has an operation of its client API. */
  default boolean serves(Operation operation) {
    return true;
  }

  /**
   * Returns whether a model can be reached in the API, by the provider's name for it. Some hosts
   * serve the models of one maker in that maker's API alone.
   */
  default boolean serves(String model) {
    return true;
  }

  /**
   * Returns the path of an operation below the path that all operations stand under.
   *
   * @param model the provider's name for the model
   */
  default String path(Operation operation, String model, boolean stream) {
    return operation.suffix();
  }

  /**
   * Returns the query of a request by a client that speaks the same API.
   *
   * @param clients the client's own, with its question mark; may be empty
   */
  default String query(String clients) {
    return clients;
  }

  /** Returns the response headers that hold for what a client of the same API gets. */
  default Map<String, String> responseHeaders(ResponseHead head) {
    return Map.of();
  }

  /** Returns what reads an event stream of the API, whatever frames its events come in. */
  default EventFramer framer(EventFramer.Sink sink, int maxEventBytes) {
    return new SseFramer(sink, maxEventBytes);
  }

  /**
   * Returns whether responses say which tier served the request, where it was not the usual one.
   */
  default boolean statesTier() {
    return true;
  }

  /** Returns the scheme by which providers of the API usually take keys, by its config name. */
  default String auth() {
    return "bearer";
  }

  /** Returns the request headers, in lower case, that {@link #encode} may set. */
  default Set<String> ownHeaders() {
    return Set.of();
  }

  /** Returns the path that stands before all operations where a base URL has none. */
  default String versionPath() {
    return "";
  }

  /**
   * Writes a chat request of a client that speaks another API.
   *
   * @param basePath the path that operations stand under
   * @param losses takes the fields that this API cannot carry
   */
  UpstreamRequest encode(ChatRequest request, TargetModel target, String basePath, Losses losses);

  /** Returns what reads a response to a chat request into a stream. */
  ResponseDecoder decoder(ChatStream out, ResponseContext context);

  /**
   * Reads an error response.
   *
   * @param body missing when it is no JSON
   */
  GatewayError error(int status, Json body);

  /**
   * Returns a reader for the response to a request.
   *
   * @param dropUsage whether the usage event of a stream is kept from the client, who did not ask
   *     for it
   */
  ResponseReader reader(RequestFacts facts, ResponseHead head, boolean dropUsage);

  /**
   * Returns how long a provider asks to be left alone, in nanoseconds; negative when it does not.
   *
   * @param headers the first value of a response header by its lower-case name, or an empty string
   */
  long backoffNanos(UnaryOperator<String> headers, InstantSource wall);

  /** Returns a request for the list of models, which costs nothing. */
  UpstreamRequest listModels(String basePath);

  /** Returns a request for an answer of one token to a prompt of one word. */
  UpstreamRequest oneToken(String basePath, String model);

  /** Returns a reader for the response to a chat request, as {@link #oneToken} is one. */
  ResponseReader chatReader(ResponseHead head);
}
