package dev.drover.dialect;

import dev.drover.types.Bytes;
import dev.drover.types.SecretForms;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Keeps credentials out of an error that a provider sends: some repeat the key that they refuse.
 * Each one becomes asterisks of the same length; every other byte stays. Of a longer body the first
 * {@value #MOST} bytes are passed on. Confined to one exchange's callbacks.
 */
final class MaskedError implements ResponseReader {
  static final int MOST = 64 << 10;

  private final ResponseReader inner;
  private final List<String> known;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();

  /**
   * @param inner reads the provider's bytes, and may put others in their place
   * @param known the credentials that the provider is sent
   */
  MaskedError(ResponseReader inner, List<String> known) {
    this.inner = inner;
    this.known = known;
  }

  @Override
  public Bytes read(Bytes chunk, boolean last) {
    Bytes other = inner.read(chunk, last);
    Bytes said = other == null ? chunk : other;
    held.write(said.array(), said.offset(), Math.min(said.length(), MOST - held.size()));
    return last ? Bytes.of(masked(held.toByteArray())) : Bytes.EMPTY;
  }

  /** Bytes are taken for letters one by one, so that none is lost and no length changes. */
  private byte[] masked(byte[] body) {
    return SecretForms.masked(new String(body, StandardCharsets.ISO_8859_1), known)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public ResponseFacts facts(boolean complete) {
    return inner.facts(complete);
  }

  @Override
  public long heldBytes() {
    return held.size();
  }

  @Override
  public void close() {
    inner.close();
    held.reset();
  }
}
