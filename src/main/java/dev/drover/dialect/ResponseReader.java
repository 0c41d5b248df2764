package dev.drover.dialect;

import dev.drover.types.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one provider answer as its bytes pass by. Confined to one exchange's callbacks. Must be
 * closed; may be closed twice.
 */
public interface ResponseReader extends AutoCloseable {
  /**
   * Takes the next chunk of the answer, cut anywhere.
   *
   * @param last whether the answer ends with this chunk, which may be empty
   * @return what the client is to get in its place, or null when that is the chunk itself
   */
  @Nullable Bytes read(Bytes chunk, boolean last);

  /**
   * Returns the facts that the response has stated or shown so far.
   *
   * @param complete true when the response was read to its end
   */
  ResponseFacts facts(boolean complete);

  /** Returns whether the response has stated that it is over. A cut after that loses nothing. */
  default boolean ended() {
    return false;
  }

  /**
   * Returns the ids that the response has given itself and its items so far, by which later
   * requests may refer to them; its own first. The list only grows.
   */
  default List<String> ids() {
    return List.of();
  }

  /** Returns the bytes that are kept of the response now. */
  default long heldBytes() {
    return 0;
  }

  /** Keeps less of the response, though less can be told of it then. */
  default void keepLess() {}

  @Override
  void close();

  /** A reader for answers that hold nothing to count; passes everything through. */
  static ResponseReader none() {
    return NoResponse.EMPTY;
  }

  /** A reader for answers whose bytes say nothing here; passes everything through. */
  static ResponseReader unread() {
    return NoResponse.UNREAD;
  }
}
