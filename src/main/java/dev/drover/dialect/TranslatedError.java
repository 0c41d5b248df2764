package dev.drover.dialect;

import dev.drover.dialect.chat.GatewayError;
import dev.drover.json.Json;
import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;

/**
 * Writes the error of a provider of one API in the client's API. A body that is no JSON is wrapped
 * as in {@link TextError}. Confined to one exchange's callbacks.
 */
final class TranslatedError implements ResponseReader {
  private static final int MOST = 64 << 10;

  private final ClientApi client;
  private final ProviderApi provider;
  private final int status;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();

  TranslatedError(ClientApi client, ProviderApi provider, int status) {
    this.client = client;
    this.provider = provider;
    this.status = status;
  }

  @Override
  public Bytes read(Bytes chunk, boolean last) {
    held.write(chunk.array(), chunk.offset(), Math.min(chunk.length(), MOST - held.size()));
    if (!last) {
      return Bytes.EMPTY;
    }
    Bytes body = Bytes.of(held.toByteArray());
    Json json = Json.parseOrMissing(body);
    GatewayError error = provider.error(status, json);
    if (error.message().isEmpty()) {
      String words = TextError.words(json.isNothing() ? body.text() : json.toString());
      return words.isEmpty()
          ? TextError.withoutText(client, status)
          : client.error(status, TextError.CODE, words, null);
    }
    return client.error(status, error.code(), error.message(), error.param());
  }

  @Override
  public ResponseFacts facts(boolean complete) {
    return ResponseFacts.NONE;
  }

  @Override
  public long heldBytes() {
    return held.size();
  }

  @Override
  public void close() {
    held.reset();
  }
}
