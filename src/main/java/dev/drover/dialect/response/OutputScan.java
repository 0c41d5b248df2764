package dev.drover.dialect.response;

import dev.drover.json.JsonScanner;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a model generated in the objects of a response, whole or one event of a stream. Each
 * API has its own. Used again for each event of a stream. Confined to one thread.
 */
public interface OutputScan {
  /** Forgets the last object. */
  void forget();

  /**
   * Reads the value of the current field of the object if it has to do with output.
   *
   * @param usage takes the usage that an output states
   * @return false when the value is still unread
   */
  boolean read(JsonScanner in, Consumer<UsageObject> usage);

  /** Returns whether the last object carries output, or says that a response has begun or ended. */
  boolean found();

  /** Returns the bytes of generated text in the last object, as written. */
  long outputBytes();

  /** Returns why the last output of the last object ended, or null when it does not say. */
  @Nullable String finishReason();

  /** Returns how many outputs of the last object say why they ended. */
  int ends();

  /** Returns whether an output of the last object is an error. */
  boolean isError();

  /** Returns the ids of the response and its items so far, of all objects; its own first. */
  default List<String> ids() {
    return List.of();
  }

  /** Returns whether the last object says that the response is over. */
  default boolean isLast() {
    return false;
  }
}
