package dev.drover.dialect;

import dev.drover.types.Bytes;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One LLM API: how its requests are read and edited, its answers counted, its errors written.
 * Implementations are pure functions of bytes, immutable and thread-safe; they know nothing of
 * Envoy, targets or money.
 */
public interface Dialect {
  /** The name in config, such as {@code openai}. */
  String name();

  /**
   * The operation a request asks for, or null when the path is none of this dialect's.
   *
   * @param path as in {@code :path}, query included
   */
  @Nullable Endpoint endpoint(String method, String path);

  /** All operations, by the path that clients use. */
  Map<String, Endpoint> endpoints();

  /** Whether {@code path} belongs to this dialect under some other method. */
  boolean ownsPath(String path);

  /** Reads a request body in one bounded pass. Never throws on any bytes. */
  ParseResult read(Endpoint endpoint, Bytes body);

  /**
   * The edits which fit a body to a target, in ascending order.
   *
   * @param facts as read from that very body
   * @param model the target's name for its model
   * @param askUsage whether a streaming request that did not ask for usage shall
   */
  List<Edit> edits(RequestFacts facts, String model, boolean askUsage);

  /**
   * A reader for the answer to a request.
   *
   * @param dropUsage whether the usage event of a stream is to be kept from the client, who did not
   *     ask for it
   */
  ResponseReader answer(RequestFacts facts, ResponseHead head, boolean dropUsage);

  /**
   * Writes an answer that came as a stream of events as one document. Takes its time.
   *
   * @return null when the stream is none that can be written so
   */
  @Nullable Bytes document(Bytes events);

  /**
   * Writes an answer that is one document as a stream of events.
   *
   * @param usage whether the stream tells its usage
   * @return null when the document is none that can be written so
   */
  @Nullable Bytes events(Bytes document, boolean usage);

  /** An error in this dialect's shape. */
  Bytes error(int status, String code, String message, @Nullable String param);

  /** The answer to a request for the list of models. */
  Bytes modelList(Collection<String> models);
}
