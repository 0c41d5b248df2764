package dev.drover.dialect.request;

import dev.drover.dialect.media.Media;
import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A walk over content of any shape. Notes what a target must be able to see, hear or cache, and
 * tells the data of images, sounds and files from text. Confined to one thread.
 */
public final class MediaWalk {
  /** Shorter strings are counted as text, whatever they are. */
  private static final int SHORTEST_DATA = 256;

  private static final byte[] DATA_URL = "data:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BASE64 = ";base64,".getBytes(StandardCharsets.US_ASCII);

  /** The longest type in a data URL that is looked for. */
  private static final int LONGEST_TYPE = 128;

  private final JsonScanner in;
  private final Bytes body;
  private final Set<Capability> needs;
  private int cacheMarkers;
  private int bytes;
  private long tokens;
  private boolean lowDetail;

  /** The kind that the part that is being read says of itself, as Anthropic and Responses do. */
  private @Nullable Media declared;

  /**
   * @param needs takes the capabilities that are needed
   */
  MediaWalk(JsonScanner in, Bytes body, Set<Capability> needs) {
    this.in = in;
    this.body = body;
    this.needs = needs;
  }

  /** Returns the number of explicit prompt-cache breakpoints. */
  public int cacheMarkers() {
    return cacheMarkers;
  }

  /** Returns the estimated tokens of all that is no text. */
  public long tokens() {
    return tokens;
  }

  /** Returns the bytes of data since the last call, which are no text. */
  public int takeBytes() {
    int taken = bytes;
    bytes = 0;
    return taken;
  }

  /** Passes over the value of the current field of some part of a message. */
  public void field() {
    field(null);
  }

  private void field(@Nullable Media outer) {
    if (in.keyIs("cache_control") && in.peek() == Kind.OBJECT) {
      cacheMarkers++;
    }
    if (outer == null && in.keyIs("type") && in.peek() == Kind.STRING) {
      declare();
      return;
    }
    if (outer == null && (in.keyIs("inlineData") || in.keyIs("inline_data"))) {
      inline();
      return;
    }
    Media kind = kind();
    if (kind == Media.IMAGE) {
      needs.add(Capability.VISION);
    } else if (kind == Media.AUDIO) {
      needs.add(Capability.AUDIO);
    }
    if (outer == Media.IMAGE && in.keyIs("detail") && in.peek() == Kind.STRING) {
      in.skip();
      lowDetail |= in.skippedIs("low");
      return;
    }
    if (kind == null) {
      walk(outer != null && isData() ? outer : null);
    } else {
      part(kind);
    }
  }

  /** Gemini says what the data is beside it. */
  private void inline() {
    if (in.peek() != Kind.OBJECT) {
      walk(null);
      return;
    }
    Media kind = Media.IMAGE;
    in.beginObject();
    while (in.nextField()) {
      boolean type = in.keyIs("mimeType") || in.keyIs("mime_type");
      if (type && in.peek() == Kind.STRING) {
        kind = Media.ofType(in.string());
      } else {
        walk(in.keyIs("data") ? kind : null);
      }
    }
    if (kind == Media.IMAGE || kind == Media.AUDIO) {
      needs.add(kind == Media.IMAGE ? Capability.VISION : Capability.AUDIO);
    }
  }

  private void declare() {
    in.skip();
    declared =
        in.skippedIs("image")
            ? Media.IMAGE
            : in.skippedIs("document") || in.skippedIs("input_file") ? Media.FILE : null;
  }

  private @Nullable Media kind() {
    boolean ofPart =
        in.keyIs("source")
            ? in.peek() == Kind.OBJECT
            : in.keyIs("file_data") || in.keyIs("file_id");
    if (declared != null && ofPart) {
      return declared;
    }
    if (in.keyIs("image_url") || in.keyIs("input_image")) {
      return Media.IMAGE;
    }
    if (in.keyIs("input_audio")) {
      return Media.AUDIO;
    }
    if (in.keyIs("video_url") || in.keyIs("input_video")) {
      return Media.VIDEO;
    }
    return in.keyIs("file") || in.keyIs("input_file") || in.keyIs("document") ? Media.FILE : null;
  }

  /** Returns whether the field of a part holds its data or says where that is. */
  private boolean isData() {
    return in.keyIs("url")
        || in.keyIs("data")
        || in.keyIs("file_data")
        || in.keyIs("file_id")
        || in.keyIs("file_url")
        || in.keyIs("b64_json")
        || in.keyIs("source");
  }

  private void part(Media kind) {
    long before = tokens;
    lowDetail = false;
    if (in.peek() == Kind.OBJECT) {
      in.beginObject();
      while (in.nextField()) {
        field(kind);
      }
    } else {
      walk(kind);
    }
    if (lowDetail && tokens > before) {
      tokens = before + Media.lowDetailTokens();
    }
    lowDetail = false;
  }

  /**
   * Passes over a value.
   *
   * @param kind what a string in it is the data of; null: text, unless it is a data URL
   */
  public void walk(@Nullable Media kind) {
    switch (in.peek()) {
      case OBJECT -> {
        in.beginObject();
        while (in.nextField()) {
          field(kind);
        }
      }
      case ARRAY -> {
        in.beginArray();
        while (in.nextElement()) {
          walk(kind);
        }
      }
      case STRING -> string(kind);
      default -> in.skip();
    }
  }

  private void string(@Nullable Media kind) {
    int from = in.position() + 1;
    int length = in.stringLength();
    Bytes text = body.slice(from, from + length);
    int comma = text.startsWith(DATA_URL, 0) ? base64(text) : -1;
    if (comma >= 0) {
      String type = text.slice(DATA_URL.length, comma - BASE64.length).text();
      data(kind == null ? Media.ofType(type) : kind, text.slice(comma, length));
    } else if (kind != null && length >= SHORTEST_DATA) {
      data(kind, text);
    } else if (kind != null && length > 0) {
      tokens += kind.usualTokens();
    }
  }

  private void data(Media kind, Bytes base64) {
    tokens += kind.tokens(base64);
    bytes += base64.length();
  }

  /** Returns where the data of a data URL begins; negative when it has none. */
  private static int base64(Bytes url) {
    int last = Math.min(url.length() - BASE64.length, LONGEST_TYPE);
    for (int i = DATA_URL.length; i <= last; i++) {
      if (url.at(i) == ';' && url.startsWith(BASE64, i)) {
        return i + BASE64.length;
      }
    }
    return -1;
  }
}
