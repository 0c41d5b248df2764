package dev.drover.dialect;

import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a gzip-encoded answer through another reader. When the answer is being rewritten the client
 * gets it decoded (the caller has taken the content-encoding header away); else the encoded bytes
 * pass untouched.
 */
public final class GunzipReader implements ResponseReader {
  private static final long MAX_DECODED_BYTES = 256L << 20;

  private final ResponseReader decoded;
  private final boolean rewriting;
  private final GunzipStream gunzip = new GunzipStream(MAX_DECODED_BYTES);

  /**
   * @param rewriting whether the client is to get decoded bytes
   */
  public GunzipReader(ResponseReader decoded, boolean rewriting) {
    this.decoded = decoded;
    this.rewriting = rewriting;
  }

  @Override
  public @Nullable Bytes read(Bytes chunk, boolean last) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(0);
    gunzip.feed(chunk, piece -> pass(piece, decoded.read(piece, false), out));
    if (last) {
      pass(Bytes.EMPTY, decoded.read(Bytes.EMPTY, true), out);
    }
    return rewriting ? Bytes.of(out.toByteArray()) : null;
  }

  private void pass(Bytes piece, @Nullable Bytes other, ByteArrayOutputStream out) {
    Bytes passed = other == null ? piece : other;
    if (rewriting) {
      out.write(passed.array(), passed.offset(), passed.length());
    }
  }

  @Override
  public ResponseFacts facts(boolean complete) {
    ResponseFacts facts = decoded.facts(complete);
    return gunzip.failed()
        ? new ResponseFacts(
            facts.usage(),
            facts.unstatedBytes(),
            -1,
            facts.finishReason(),
            facts.ends(),
            Fault.MALFORMED_RESPONSE)
        : facts;
  }

  @Override
  public List<String> ids() {
    return decoded.ids();
  }

  @Override
  public boolean ended() {
    return decoded.ended();
  }

  @Override
  public long heldBytes() {
    return decoded.heldBytes();
  }

  @Override
  public void keepLess() {
    decoded.keepLess();
  }

  @Override
  public void close() {
    gunzip.close();
    decoded.close();
  }
}
