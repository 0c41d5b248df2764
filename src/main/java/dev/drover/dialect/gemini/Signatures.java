package dev.drover.dialect.gemini;

import dev.drover.dialect.chat.Signature;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Carries signatures in Gemini's API, where they are bytes in Base64. */
final class Signatures {
  private static final String MARK = "drover.";

  private Signatures() {}

  /** Returns a signature as clients of the API carry it. */
  static @Nullable String carried(@Nullable Signature signature) {
    if (signature == null || signature.api().equals(GeminiClient.NAME)) {
      return signature == null ? null : signature.value();
    }
    String marked = signature.carried(GeminiClient.NAME);
    return Base64.getEncoder().encodeToString(marked.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the signature that a client brings back; null when it brings none. */
  static @Nullable Signature brought(String text) {
    try {
      String decoded = new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
      return Signature.brought(GeminiClient.NAME, decoded.startsWith(MARK) ? decoded : text);
    } catch (IllegalArgumentException _) { // not in Base64: as it is
      return Signature.brought(GeminiClient.NAME, text);
    }
  }
}
