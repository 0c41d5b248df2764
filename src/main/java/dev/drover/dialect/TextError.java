package dev.drover.dialect;

import dev.drover.json.JsonScanner;
import dev.drover.json.Limits;
import dev.drover.json.MalformedJson;
import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;

/**
 * Puts an error response that is text into the shape of the client's API, which clients can read.
 * JSON under another label passes as it is. Confined to one exchange's callbacks.
 */
public final class TextError implements ResponseReader {
  /** The code of such an error. */
  static final String CODE = "provider_error";

  /** The bytes of a body that are kept; the others are left out. */
  private static final int MOST = 64 << 10;

  /** The characters of the text that the client gets. */
  private static final int SHOWN = 2048;

  private final ClientApi client;
  private final int status;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();

  TextError(ClientApi client, int status) {
    this.client = client;
    this.status = status;
  }

  /** Returns the error of a provider that sent a status and no body. */
  public static Bytes withoutText(ClientApi client, int status) {
    return client.error(status, CODE, message(status), null);
  }

  private static String message(int status) {
    return "The provider sent status " + status + " without a reason.";
  }

  @Override
  public Bytes read(Bytes chunk, boolean last) {
    int room = Math.min(chunk.length(), MOST - held.size());
    held.write(chunk.array(), chunk.offset(), room);
    if (!last) {
      return Bytes.EMPTY;
    }
    Bytes body = Bytes.of(held.toByteArray());
    return isJson(body) ? body : client.error(status, CODE, message(body.text()), null);
  }

  private String message(String text) {
    String words = words(text);
    return words.isEmpty() ? message(status) : words;
  }

  /** Returns the words of a text without tags, on one line and cut after {@value #SHOWN}. */
  static String words(String text) {
    String words = text.replaceAll("<[^<>]*>", " ").replaceAll("\\s+", " ").strip();
    return words.substring(0, Math.min(words.length(), SHOWN));
  }

  private static boolean isJson(Bytes body) {
    try {
      JsonScanner in = new JsonScanner(body, Limits.RESPONSES);
      in.skip();
      in.end();
      return true;
    } catch (MalformedJson _) {
      return false;
    }
  }

  @Override
  public ResponseFacts facts(boolean complete) {
    return ResponseFacts.NONE;
  }

  @Override
  public void close() {
    held.reset();
  }
}
