package dev.drover.extproc.codec;

import dev.drover.message.Headers;
import dev.drover.types.Bytes;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Headers read where Envoy's message has them, without a map in between. Immutable. */
final class WireHeaders implements Headers {
  private static final int HEADERS = HeaderMap.HEADERS_FIELD_NUMBER << 3 | ProtoReader.SIZED;
  private static final int KEY = HeaderValue.KEY_FIELD_NUMBER << 3 | ProtoReader.SIZED;
  private static final int VALUE = HeaderValue.VALUE_FIELD_NUMBER << 3 | ProtoReader.SIZED;
  private static final int RAW_VALUE = HeaderValue.RAW_VALUE_FIELD_NUMBER << 3 | ProtoReader.SIZED;
  private static final int USUAL = 24;

  /** By turns a name and its value. */
  private final List<Bytes> all = new ArrayList<>(2 * USUAL);

  private WireHeaders() {}

  /** Reads a {@code HeaderMap}. */
  static WireHeaders of(Bytes map) throws IOException {
    WireHeaders headers = new WireHeaders();
    ProtoReader in = new ProtoReader(map);
    for (int tag = in.next(); tag != 0; tag = in.next()) {
      if (tag == HEADERS) {
        headers.add(in.value());
      } else {
        in.skip();
      }
    }
    return headers;
  }

  /** Envoy fills raw_value; value is what hand-made clients fill. */
  private void add(Bytes header) throws IOException {
    Bytes name = Bytes.EMPTY;
    Bytes value = Bytes.EMPTY;
    Bytes raw = Bytes.EMPTY;
    ProtoReader in = new ProtoReader(header);
    for (int tag = in.next(); tag != 0; tag = in.next()) {
      switch (tag) {
        case KEY -> name = in.value();
        case VALUE -> value = in.value();
        case RAW_VALUE -> raw = in.value();
        default -> in.skip();
      }
    }
    all.add(name);
    all.add(raw.isEmpty() ? value : raw);
  }

  @Override
  public @Nullable String first(String name) {
    for (int i = 0; i < all.size(); i += 2) {
      Bytes each = all.get(i);
      if (each.length() == name.length() && begins(each, name)) {
        return all.get(i + 1).text();
      }
    }
    return null;
  }

  @Override
  public long valueBytes(String name) {
    long bytes = 0;
    for (int i = 0; i < all.size(); i += 2) {
      Bytes each = all.get(i);
      if (each.length() == name.length() && begins(each, name)) {
        bytes += all.get(i + 1).length();
      }
    }
    return bytes;
  }

  @Override
  public void names(String prefix, Consumer<String> each) {
    for (int i = 0; i < all.size(); i += 2) {
      if (begins(all.get(i), prefix)) {
        each.accept(all.get(i).text());
      }
    }
  }

  /** Returns whether a name starts with an ASCII prefix. */
  private static boolean begins(Bytes name, String prefix) {
    if (name.length() < prefix.length()) {
      return false;
    }
    for (int i = 0; i < prefix.length(); i++) {
      if (name.at(i) != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
