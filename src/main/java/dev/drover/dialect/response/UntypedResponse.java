package dev.drover.dialect.response;

import dev.drover.dialect.ResponseFacts;
import dev.drover.dialect.ResponseReader;
import dev.drover.types.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a response by what its first bytes are, whatever its content type says: an event stream
 * begins with a field or a comment, everything else is read as JSON. Blanks and a byte order mark
 * before that belong to neither.
 */
public final class UntypedResponse implements ResponseReader {
  private static final String STREAM_BEGINS = ":deir"; // data, event, id, retry, a comment

  private final OutputScan output;
  private final boolean labelled;
  private final boolean generates;
  private final boolean dropUsage;
  private @Nullable ResponseReader reader;

  /**
   * @param output finds the output in objects of the response's API
   * @param labelled whether the content type says that it is an event stream; decides while there
   *     are no bytes
   * @param generates whether the response has tokens of its own
   * @param dropUsage whether the usage event of a stream is kept from the client
   */
  public UntypedResponse(
      OutputScan output, boolean labelled, boolean generates, boolean dropUsage) {
    this.output = output;
    this.labelled = labelled;
    this.generates = generates;
    this.dropUsage = dropUsage;
  }

  @Override
  public @Nullable Bytes read(Bytes chunk, boolean last) {
    if (reader == null) {
      int first = begin(chunk);
      if (first < 0 && !last) {
        return null;
      }
      boolean stream = first < 0 ? labelled : STREAM_BEGINS.indexOf((char) chunk.at(first)) >= 0;
      reader = stream ? new StreamResponse(output, dropUsage) : new JsonResponse(output, generates);
    }
    return reader.read(chunk, last);
  }

  private static int begin(Bytes chunk) {
    for (int i = 0; i < chunk.length(); i++) {
      int b = chunk.at(i) & 0xFF;
      if (b > ' ' && b != 0xEF && b != 0xBB && b != 0xBF) {
        return i;
      }
    }
    return -1;
  }

  private ResponseReader reader() {
    if (reader != null) {
      return reader;
    }
    return labelled ? new StreamResponse(output, false) : new JsonResponse(output, true);
  }

  @Override
  public ResponseFacts facts(boolean complete) {
    return reader().facts(complete);
  }

  @Override
  public List<String> ids() {
    return output.ids();
  }

  @Override
  public boolean ended() {
    return reader != null && reader.ended();
  }

  @Override
  public long heldBytes() {
    return reader == null ? 0 : reader.heldBytes();
  }

  @Override
  public void keepLess() {
    if (reader != null) {
      reader.keepLess();
    }
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
    }
  }
}
