package dev.drover.dialect;

import dev.drover.types.Bytes;
import java.time.InstantSource;
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

  /** Returns a reader for the response to {@link #oneToken}. */
  ResponseReader oneTokenReader(ResponseHead head);
}
