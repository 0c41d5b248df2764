package dev.drover.dialect.chat;

import dev.drover.types.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Carries the signature of a tool call in its id, since most APIs have no other place that comes
 * back with the call. Providers other than the signature's maker get the bare id.
 */
public final class CallIds {
  private static final String MARK = "__sig_";
  private static final int SUM = 32;

  private CallIds() {}

  /** Returns the id of a call with what its provider wants back with it. */
  public static String signed(String id, @Nullable Signature signature) {
    if (signature == null) {
      return id;
    }
    String text = signature.api() + " " + signature.value();
    return id
        + MARK
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the id without a signature. */
  public static String bare(String id) {
    int mark = id.indexOf(MARK);
    return mark < 0 ? id : id.substring(0, mark);
  }

  /** Returns the bare id in a length that a provider takes. Equal ids stay equal. */
  public static String sent(String id, int longest) {
    String bare = bare(id);
    return bare.length() <= longest ? bare : "call_" + Sha256.hex(bare).substring(0, SUM);
  }

  /** Returns the signature that an id carries, or null. */
  public static @Nullable Signature signature(String id) {
    int mark = id.indexOf(MARK);
    if (mark < 0) {
      return null;
    }
    try {
      String text =
          new String(
              Base64.getUrlDecoder().decode(id.substring(mark + MARK.length())),
              StandardCharsets.UTF_8);
      int space = text.indexOf(' ');
      return space < 0 ? null : new Signature(text.substring(0, space), text.substring(space + 1));
    } catch (IllegalArgumentException _) { // somebody else's id
      return null;
    }
  }
}
