package dev.drover.dialect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names what a request refers to that a provider stored earlier. Only the provider and the account
 * that stored it know it. Immutable.
 *
 * @param all the responses and items that it names, each once
 * @param others whether it refers to something else that is stored, such as a conversation
 * @param stores whether its own response is stored
 * @param background whether its own response is made after the provider has answered
 * @param tokens the tokens of the stored responses that it goes on from, as far as they are known
 */
public record References(
    List<Reference> all, boolean others, boolean stores, boolean background, long tokens) {
  /** The longest id that is taken for one, in characters. */
  public static final int LONGEST_ID = 200;

  /** A request that refers to nothing and whose response is not stored. */
  public static final References NONE = new References(List.of(), false, false, false, 0);

  /**
   * A response or an item of one.
   *
   * @param id the provider's id of it
   * @param param the field that names it; null when the path does
   */
  public record Reference(String id, @Nullable String param) {}

  public References {
    all = List.copyOf(all);
  }

  /** Returns the reference of a request whose path names a response. */
  public static References path(String id) {
    return new References(List.of(new Reference(id, null)), false, false, false, 0);
  }

  /** Returns whether the provider reads more than the request has. */
  public boolean any() {
    return others || !all.isEmpty();
  }

  /** Returns the same with the tokens that are known by now. */
  References withTokens(long known) {
    return new References(all, others, stores, background, known);
  }
}
