package dev.drover.json;

import dev.drover.types.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A hash of what a JSON document means: neither the order of an object's fields, nor blanks, nor
 * how a string is escaped matter. Numbers mean what is written: 1 and 1.0 differ. An object is
 * hashed by itself, its fields by their names in order; all else goes into the hash of the object
 * around it, as a letter for its kind, its length and its bytes.
 */
public final class CanonicalJsonHash {
  private final JsonScanner in;
  private final Bytes document;

  private CanonicalJsonHash(Bytes document, Limits limits) {
    this.document = document;
    this.in = new JsonScanner(document, limits);
  }

  /**
   * The SHA-256 of an object's meaning.
   *
   * @param without fields of the outermost object that do not count
   * @throws MalformedJson when it is none
   */
  public static byte[] of(Bytes document, Limits limits, Set<String> without) {
    CanonicalJsonHash canonicalJsonHash = new CanonicalJsonHash(document, limits);
    byte[] hash = canonicalJsonHash.object(without);
    canonicalJsonHash.in.end();
    return hash;
  }

  private void value(Sum around) {
    switch (in.peek()) {
      case OBJECT -> around.add('o', object(Set.of()));
      case STRING -> string(around);
      case NUMBER, BOOLEAN, NULL -> literal(around);
      case ARRAY -> {
        around.put((byte) '[');
        in.beginArray();
        while (in.nextElement()) {
          value(around);
        }
        around.put((byte) ']');
      }
    }
  }

  private byte[] object(Set<String> without) {
    List<Map.Entry<String, byte[]>> fields = new ArrayList<>();
    Sum sum = new Sum();
    in.beginObject();
    while (in.nextField()) {
      String name = in.key();
      if (without.contains(name)) {
        in.skip();
      } else {
        value(sum);
        fields.add(Map.entry(name, sum.take()));
      }
    }
    fields.sort(Map.Entry.comparingByKey()); // stable: of a name given twice both count
    for (Map.Entry<String, byte[]> field : fields) {
      sum.add('k', field.getKey().getBytes(StandardCharsets.UTF_8));
      sum.add('h', field.getValue());
    }
    return sum.take();
  }

  /**
   * A string by what it means; one with an escaped surrogate as it is written. JSON can write half
   * a pair, which UTF-8 cannot: all such halves would be the same.
   */
  private void string(Sum around) {
    int from = in.position();
    String text = in.string();
    int length = in.consumed() - from;
    if (surrogate(from, length)) {
      around.add('w', document.array(), document.offset() + from, length);
    } else {
      around.add('s', text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private boolean surrogate(int from, int length) {
    for (int i = from; i + 3 < from + length; i++) {
      boolean escape = document.at(i) == '\\' && document.at(i + 1) == 'u';
      if (escape && (document.at(i + 2) | 0x20) == 'd' && document.at(i + 3) >= '8') {
        return true;
      }
    }
    return false;
  }

  private void literal(Sum around) {
    int from = in.position();
    in.skip();
    around.add('v', document.array(), document.offset() + from, in.consumed() - from);
  }

  /** A SHA-256 that takes small pieces well: it gathers them first. */
  private static final class Sum {
    private static final int GATHERED = 512;

    private final MessageDigest digest;
    private final byte[] gathered = new byte[GATHERED];
    private int length;

    Sum() {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("SHA-256: missing (expected: in every JDK)", e);
      }
    }

    void put(byte b) {
      if (length == GATHERED) {
        flush();
      }
      gathered[length++] = b;
    }

    void add(char kind, byte[] bytes) {
      add(kind, bytes, 0, bytes.length);
    }

    /** A letter for the kind, the length, 7 bits a byte, and the bytes. */
    void add(char kind, byte[] bytes, int from, int count) {
      put((byte) kind);
      int rest = count;
      for (; rest >= 0x80; rest >>>= 7) {
        put((byte) (rest | 0x80));
      }
      put((byte) rest);
      if (count > GATHERED) {
        flush();
        digest.update(bytes, from, count);
        return;
      }
      if (length + count > GATHERED) {
        flush();
      }
      System.arraycopy(bytes, from, gathered, length, count);
      length += count;
    }

    private void flush() {
      digest.update(gathered, 0, length);
      length = 0;
    }

    /** The sum; the next one begins. */
    byte[] take() {
      flush();
      return digest.digest();
    }
  }
}
