package dev.drover.message;

/**
 * The processing modes of a stream, as Envoy announces them or as Drover asks for them.
 *
 * @param request how the request body comes
 * @param response how the response body comes
 * @param responseHeaders whether response headers come
 */
public record Modes(BodyMode request, BodyMode response, boolean responseHeaders) {
  /** Nothing more, please. */
  public static final Modes NOTHING = new Modes(BodyMode.NONE, BodyMode.NONE, false);

  public Modes withRequest(BodyMode mode) {
    return new Modes(mode, response, responseHeaders);
  }

  public Modes withResponse(BodyMode mode) {
    return new Modes(request, mode, responseHeaders);
  }
}
