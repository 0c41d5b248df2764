package dev.drover.message;

/**
 * The processing modes of a stream, as Envoy announces them or as Drover asks for them.
 *
 * @param request how the request body comes
 * @param response how the response body comes
 * @param responseHeaders whether response headers come
 */
public record ProcessingModes(BodyMode request, BodyMode response, boolean responseHeaders) {
  /** The modes that ask Envoy for no bodies and no response headers. */
  public static final ProcessingModes NOTHING =
      new ProcessingModes(BodyMode.NONE, BodyMode.NONE, false);

  public ProcessingModes withRequest(BodyMode mode) {
    return new ProcessingModes(mode, response, responseHeaders);
  }

  public ProcessingModes withResponse(BodyMode mode) {
    return new ProcessingModes(request, mode, responseHeaders);
  }
}
