package dev.drover.extproc.codec;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.drover.types.Bytes;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads Envoy's metadata and attributes: {@code google.protobuf.Struct} as maps. */
final class Structs {
  /** Far deeper than what Envoy's filters write, and no danger to the stack. */
  private static final int DEEPEST = 100;

  private static final char REPLACED = '\uFFFD';
  private static final int KEY = 1 << 3 | ProtoReader.SIZED;
  private static final int VALUE = 2 << 3 | ProtoReader.SIZED;
  private static final int FIELDS = Struct.FIELDS_FIELD_NUMBER << 3 | ProtoReader.SIZED;
  private static final int NUMBER = Value.NUMBER_VALUE_FIELD_NUMBER << 3 | ProtoReader.FIXED64;
  private static final int TEXT = Value.STRING_VALUE_FIELD_NUMBER << 3 | ProtoReader.SIZED;
  private static final int STRUCT = Value.STRUCT_VALUE_FIELD_NUMBER << 3 | ProtoReader.SIZED;

  /** An entry of a {@code map<string, ...>}. */
  record Entry(Bytes key, Bytes value) {
    static Entry of(Bytes entry) throws IOException {
      Bytes key = Bytes.EMPTY;
      Bytes value = Bytes.EMPTY;
      ProtoReader in = new ProtoReader(entry);
      for (int tag = in.next(); tag != 0; tag = in.next()) {
        switch (tag) {
          case KEY -> key = in.value();
          case VALUE -> value = in.value();
          default -> in.skip();
        }
      }
      return new Entry(key, value);
    }
  }

  private Structs() {}

  /** Texts, numbers and maps by name; whole numbers as {@code Long}. Others are left out. */
  static Map<String, Object> map(Bytes struct) throws IOException {
    return map(struct, 1);
  }

  private static Map<String, Object> map(Bytes struct, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new IOException("struct: deeper than " + DEEPEST + " (expected: at most that)");
    }
    Map<String, Object> map = new HashMap<>();
    ProtoReader in = new ProtoReader(struct);
    for (int tag = in.next(); tag != 0; tag = in.next()) {
      if (tag == FIELDS) {
        Entry entry = Entry.of(in.value());
        Object value = value(entry.value, depth);
        if (value != null) {
          map.put(text(entry.key), value);
        }
      } else {
        in.skip();
      }
    }
    return map;
  }

  private static @Nullable Object value(Bytes value, int depth) throws IOException {
    Object found = null;
    ProtoReader in = new ProtoReader(value);
    for (int tag = in.next(); tag != 0; tag = in.next()) {
      switch (tag) {
        case TEXT -> found = text(in.value());
        case NUMBER -> found = number(in.fraction());
        case STRUCT -> found = map(in.value(), depth + 1);
        default -> in.skip();
      }
    }
    return found;
  }

  /**
   * Returns bytes as text. Rejects bytes that are not valid UTF-8, so that replacement characters
   * cannot make one name equal to another.
   */
  private static String text(Bytes utf8) throws IOException {
    String text = utf8.text();
    if (text.indexOf(REPLACED) >= 0 && !Bytes.utf8(text).equals(utf8)) {
      throw new IOException("struct: a text that is not UTF-8 (expected: UTF-8)");
    }
    return text;
  }

  /** Whole numbers without the fraction that protobuf gives them. */
  private static Object number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15 ? (Object) (long) value : value;
  }
}
