package dev.drover.cache;

import dev.drover.types.Bytes;
import dev.drover.types.NanoDollars;

/**
 * A whole answer, as its provider sent it.
 *
 * @param stream whether it is an event stream; else one JSON document
 * @param target who gave it
 * @param providerModel the model that gave it
 * @param cost what it cost then
 */
public record CachedResponse(
    boolean stream,
    String contentType,
    Bytes body,
    String target,
    String providerModel,
    NanoDollars cost) {
  /** Returns the target and the model that gave the response, as one text. */
  public String source() {
    return source(target, providerModel);
  }

  /** A target and its model as one text. */
  public static String source(String target, String providerModel) {
    return target + "/" + providerModel;
  }
}
