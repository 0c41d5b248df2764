package dev.drover.dialect;

import dev.drover.types.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the response of a provider into the one that the client gets, and reads what it says on the
 * way. Confined to one ext_proc stream; must be closed, may be closed twice.
 *
 * @param reader reads the provider's bytes
 * @param removedHeaders response headers, in lower case, that do not hold for what the client gets
 * @param setHeaders response headers, by lower-case name, that hold for it instead
 * @param translated whether the client gets another API's form of the response
 */
public record ResponseTransform(
    ResponseReader reader,
    Set<String> removedHeaders,
    Map<String, String> setHeaders,
    boolean translated)
    implements AutoCloseable {
  /** Returns the transform of a response that nothing is known of: all bytes pass, none counts. */
  public static ResponseTransform none() {
    return new ResponseTransform(ResponseReader.none(), Set.of(), Map.of(), false);
  }

  /**
   * Takes the next bytes from the provider, cut anywhere.
   *
   * @param last whether the response ends with them; they may be empty
   * @return what the client gets in their place, or null when that is the bytes themselves
   */
  public @Nullable Bytes apply(Bytes chunk, boolean last) {
    return reader.read(chunk, last);
  }

  /** Returns what the response said so far. */
  public ResponseFacts facts(boolean complete) {
    return reader.facts(complete);
  }

  /** Returns the ids that the response has given itself and its items so far; its own first. */
  public List<String> ids() {
    return reader.ids();
  }

  /** Returns whether the response said that it is over. */
  public boolean ended() {
    return reader.ended();
  }

  /** Returns the bytes that are kept of the response now. */
  public long heldBytes() {
    return reader.heldBytes();
  }

  /** Keeps less of the response, though less can be told of it then. */
  public void keepLess() {
    reader.keepLess();
  }

  @Override
  public void close() {
    reader.close();
  }
}
