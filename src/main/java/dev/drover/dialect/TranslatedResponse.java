package dev.drover.dialect;

import dev.drover.dialect.chat.ChatStream;
import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.JsonEnd;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ResponseDecoder;
import dev.drover.dialect.chat.ResponseEncoder;
import dev.drover.json.Json;
import dev.drover.types.Bytes;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns the response of a provider of one API into one of the client's API, document or stream. The
 * client gets the end when the provider states it, not when the bytes end: trailers may follow, by
 * which nothing can be sent any more. Confined to one exchange's callbacks.
 */
final class TranslatedResponse implements ResponseReader, EventFramer.Sink {
  private static final int MOST_EVENT_BYTES = 8 << 20;
  private static final int MOST_DOCUMENT_BYTES = 32 << 20;
  private static final String STREAM_BEGINS = ":deir"; // a comment, data, event, id, retry

  private final ResponseReader counted;
  private final ResponseEncoder encoder;
  private final ChatStream chat;
  private final ResponseDecoder decoder;
  private final boolean labelledStream;
  private @Nullable Boolean stream;
  private boolean countedAll;
  private final boolean framed;
  private final EventFramer events;
  private ByteArrayOutputStream document = new ByteArrayOutputStream(0);
  private final JsonEnd documentEnd = new JsonEnd();

  /**
   * @param head of the provider's response; its bytes come without a content encoding
   */
  TranslatedResponse(
      ClientApi client, ProviderApi provider, ResponseContext context, ResponseHead head) {
    this.counted = provider.chatReader(new ResponseHead(head.status(), head.contentType(), ""));
    this.encoder = client.encoder(context);
    this.chat =
        new ChatStream(encoder, context.id(), context.model(), () -> counted.facts(true).usage());
    this.decoder = provider.decoder(chat, context);
    this.labelledStream = head.eventStream() || head.eventFrames();
    this.framed = head.eventFrames();
    this.events = provider.framer(this, MOST_EVENT_BYTES);
  }

  @Override
  public Bytes read(Bytes chunk, boolean last) {
    if (!countedAll) {
      counted.read(chunk, last);
      countedAll = last;
    }
    if (framed) {
      stream = true;
    }
    int from = stream == null ? begin(chunk) : 0;
    if (from < 0) {
      stream = last ? labelledStream : null;
    } else if (stream == null) {
      stream = STREAM_BEGINS.indexOf((char) chunk.at(from)) >= 0;
    }
    if (from >= 0 && !chat.isOver()) {
      take(chunk.slice(from, chunk.length()));
    }
    if (last) {
      end();
    }
    return encoder.take();
  }

  private void take(Bytes bytes) {
    if (Boolean.TRUE.equals(stream)) {
      events.feed(bytes);
      return;
    }
    if (document.size() + bytes.length() > MOST_DOCUMENT_BYTES) {
      chat.fail(GatewayError.MALFORMED);
      return;
    }
    document.write(bytes.array(), bytes.offset(), bytes.length());
    for (int i = 0; i < bytes.length(); i++) {
      documentEnd.add(bytes.at(i));
    }
    if (documentEnd.isWhole()) {
      document();
    }
  }

  private void document() {
    Json json = Json.parseOrMissing(Bytes.of(document.toByteArray()));
    document = new ByteArrayOutputStream(0);
    if (!countedAll) {
      countedAll = true;
      counted.read(Bytes.EMPTY, true);
    }
    if (json.isObject()) {
      decoder.document(json);
    }
    chat.fail(GatewayError.MALFORMED); // unless it is over by now
  }

  private void end() {
    if (chat.isOver()) {
      return;
    }
    if (Boolean.TRUE.equals(stream)) {
      events.finish();
    } else if (document.size() > 0) {
      document();
    }
    chat.end();
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

  @Override
  public void event(Bytes data) {
    if (chat.isOver()) {
      return;
    }
    Json json = Json.parseOrMissing(data);
    if (json.isObject()) {
      decoder.event(json);
    } else if (data.at(0) == '[') {
      decoder.marker(data.text());
    }
  }

  @Override
  public void damaged() {
    chat.fail(GatewayError.MALFORMED);
  }

  /** Returns whether the response ended, and ended well. */
  boolean succeeded() {
    return chat.isOver() && !chat.hasFailed();
  }

  /** Returns whether all that the response says has a counterpart in other APIs. */
  boolean isCarried() {
    return !chat.hasUnknown();
  }

  @Override
  public ResponseFacts facts(boolean complete) {
    return counted.facts(complete);
  }

  @Override
  public boolean ended() {
    return succeeded();
  }

  @Override
  public long heldBytes() {
    boolean keeps = encoder.keepsAll() && !chat.isOver();
    return document.size() + counted.heldBytes() + (keeps ? chat.characters() : 0);
  }

  @Override
  public void keepLess() {
    counted.keepLess();
  }

  @Override
  public void close() {
    counted.close();
    document = new ByteArrayOutputStream(0);
  }
}
