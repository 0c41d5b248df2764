package dev.drover.json;

import dev.drover.types.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A pull scanner over one JSON document (RFC 8259) that lies in memory whole. The caller walks it:
 *
 * <pre>{@code
 * scanner.beginObject();
 * while (scanner.nextField()) {
 *   if (scanner.keyIs("model")) { model = scanner.string(); } else { scanner.skip(); }
 * }
 * scanner.end();
 * }</pre>
 *
 * <p>After {@link #nextField} or {@link #nextElement} returned true exactly one value must be read
 * or skipped. Every byte passed over is checked against the grammar, so a walk that reaches {@link
 * #end} has seen a valid document. Positions are byte offsets into the slice. Throws nothing but
 * {@link MalformedJson}. Confined to one thread.
 */
public final class JsonScanner {
  /** The kind of value that comes next. */
  public enum Kind {
    OBJECT,
    ARRAY,
    STRING,
    NUMBER,
    BOOLEAN,
    NULL
  }

  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BASE64 = ";base64,".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NAN = "NaN".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] INFINITY = "Infinity".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes;
  private int start;
  private int end;
  private final Limits limits;
  private int pos;
  private int depth;

  /** True right after a container was entered, when no comma may precede the next item. */
  private boolean fresh;

  private int textStart;
  private int textEnd;
  private boolean textEscaped;

  public JsonScanner(Bytes document, Limits limits) {
    this.bytes = document.array();
    this.start = document.offset();
    this.end = start + document.length();
    this.pos = start;
    this.limits = limits;
  }

  /** Begins another document. */
  public void read(Bytes document) {
    bytes = document.array();
    start = document.offset();
    end = start + document.length();
    pos = start;
    depth = 0;
    fresh = false;
  }

  /** The offset of the next unread byte, after blanks. */
  public int position() {
    blanks();
    return pos - start;
  }

  /** The offset just behind the last byte read, before any blanks. */
  public int consumed() {
    return pos - start;
  }

  /** Returns the kind of the next value without consuming it. */
  public Kind peek() {
    blanks();
    int c = pos < end ? bytes[pos] : -1;
    return switch (c) {
      case '{' -> Kind.OBJECT;
      case '[' -> Kind.ARRAY;
      case '"' -> Kind.STRING;
      case 't', 'f' -> Kind.BOOLEAN;
      case 'n' -> Kind.NULL;
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> Kind.NUMBER;
      default -> {
        if (infinityFrom(pos)) {
          yield Kind.NUMBER;
        }
        throw malformed("a JSON value");
      }
    };
  }

  private boolean infinityFrom(int at) {
    return limits.infinities() && at < end && (bytes[at] == 'N' || bytes[at] == 'I');
  }

  public void beginObject() {
    enter('{', "an object");
  }

  public void beginArray() {
    enter('[', "an array");
  }

  /** Moves to the next field's value; false when the object ended (and is consumed). */
  public boolean nextField() {
    if (!nextItem('}')) {
      return false;
    }
    text("a field name");
    blanks();
    take(':', "':'");
    return true;
  }

  /** Moves to the next element; false when the array ended (and is consumed). */
  public boolean nextElement() {
    return nextItem(']');
  }

  /**
   * Returns whether the unescaped name of the current field is {@code name}, which must be ASCII.
   * Valid until the field's value is read.
   */
  public boolean keyIs(String name) {
    return textIs(name);
  }

  /**
   * Returns whether the unescaped string that {@link #skip} just passed over is {@code text}, which
   * must be ASCII.
   */
  public boolean skippedIs(String text) {
    return textIs(text);
  }

  /**
   * Returns how many bytes of the string that was just passed over are base64 data, as in {@code
   * data:image/png;base64,…}.
   */
  public int skippedBase64() {
    int data = 0;
    int at = indexOf(BASE64, textStart);
    while (at >= 0) {
      int from = at + BASE64.length;
      int to = from;
      while (to < textEnd && isBase64(bytes[to])) {
        to++;
      }
      data += to - from;
      at = indexOf(BASE64, to);
    }
    return data;
  }

  private int indexOf(byte[] word, int from) {
    for (int i = from; i <= textEnd - word.length; i++) {
      if (bytes[i] == word[0] && Arrays.equals(bytes, i, i + word.length, word, 0, word.length)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isBase64(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '+'
        || b == '/'
        || b == '='
        || b == '-'
        || b == '_'
        || b == '\\'; // a slash may be written with one
  }

  private boolean textIs(String text) {
    if (textEscaped) {
      return text.equals(unescape());
    }
    if (textEnd - textStart != text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes[textStart + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The current field's name, unescaped; valid until its value is read. */
  public String key() {
    return unescape();
  }

  /** Reads a string value. */
  public String string() {
    blanks();
    text("a string");
    return unescape();
  }

  /** Passes over a string value and tells its length in bytes as written, without the quotes. */
  public int stringLength() {
    blanks();
    text("a string");
    return textEnd - textStart;
  }

  /** Reads a number as an integer; fractions are cut, magnitudes beyond a {@code long} saturate. */
  public long integer() {
    int from = position() + start;
    number();
    String text = ascii(from);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      return (long) Double.parseDouble(text); // a fraction, an exponent, or beyond a long
    }
  }

  /** Passes over a number and tells whether it is zero, however written. */
  public boolean isZero() {
    int from = position() + start;
    number();
    return Double.parseDouble(ascii(from)) == 0;
  }

  public boolean bool() {
    if (peek() != Kind.BOOLEAN) {
      throw malformed("true or false");
    }
    boolean value = bytes[pos] == 't';
    literal(value ? TRUE : FALSE);
    return value;
  }

  /** Passes over one value of any kind, checking it. */
  public void skip() {
    switch (peek()) {
      case OBJECT -> {
        beginObject();
        while (nextField()) {
          skip();
        }
      }
      case ARRAY -> {
        beginArray();
        while (nextElement()) {
          skip();
        }
      }
      case STRING -> text("a string");
      case NUMBER -> number();
      case BOOLEAN -> bool();
      case NULL -> literal(NULL);
    }
  }

  /** Requires that nothing but blanks is left. */
  public void end() {
    blanks();
    if (pos != end) {
      throw malformed("the end of the document");
    }
  }

  private void enter(char open, String expected) {
    blanks();
    take(open, expected);
    if (++depth > limits.maxDepth()) {
      throw new MalformedJson(pos - start, "nesting of " + depth, "at most " + limits.maxDepth());
    }
    fresh = true;
  }

  private boolean nextItem(char close) {
    blanks();
    if (pos < end && bytes[pos] == close) {
      pos++;
      depth--;
      fresh = false;
      return false;
    }
    if (!fresh) {
      take(',', "',' or '" + close + "'");
      blanks();
    }
    fresh = false;
    return true;
  }

  private void text(String expected) {
    take('"', expected);
    fresh = false;
    textStart = pos;
    int quote = StringEnd.ofShort(bytes, pos, end);
    int found = quote < 0 ? StringEnd.find(bytes, pos, end) : quote;
    textEscaped = found < 0;
    pos = textEscaped ? ~found : found;
    if (pos >= end || bytes[pos] != '"') {
      throw noText();
    }
    textEnd = pos++;
  }

  /** Returns the error for a string whose content ends at the current position without a quote. */
  private MalformedJson noText() {
    if (pos >= end) {
      return malformed("the end of a string");
    }
    if (bytes[pos] != '\\') {
      return malformed("no control character within a string");
    }
    pos++;
    boolean unicode = pos < end && bytes[pos] == 'u';
    return malformed(unicode ? "four hex digits after \\u" : "a valid escape");
  }

  private String unescape() {
    String raw = new String(bytes, textStart, textEnd - textStart, StandardCharsets.UTF_8);
    if (!textEscaped) {
      return raw;
    }
    StringBuilder out = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '\\') {
        out.append(c);
      } else if (raw.charAt(++i) == 'u') {
        out.append((char) Integer.parseInt(raw.substring(i + 1, i + 5), 16));
        i += 4;
      } else {
        out.append(unescaped(raw.charAt(i)));
      }
    }
    return out.toString();
  }

  private static char unescaped(char c) {
    return switch (c) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> c;
    };
  }

  private void number() {
    int from = pos;
    if (pos < end && bytes[pos] == '-') {
      pos++;
    }
    if (infinityFrom(pos)) {
      literal(bytes[pos] == 'N' ? NAN : INFINITY);
      return;
    }
    if (pos < end && bytes[pos] == '0') {
      pos++;
    } else {
      digits();
    }
    if (pos < end && bytes[pos] == '.') {
      pos++;
      digits();
    }
    if (pos < end && (bytes[pos] | 0x20) == 'e') {
      pos++;
      if (pos < end && (bytes[pos] == '+' || bytes[pos] == '-')) {
        pos++;
      }
      digits();
    }
    if (pos - from > limits.maxNumberBytes()) {
      throw new MalformedJson(
          from - start,
          "a number of " + (pos - from) + " characters",
          "at most " + limits.maxNumberBytes());
    }
  }

  private void digits() {
    int from = pos;
    while (pos < end && bytes[pos] >= '0' && bytes[pos] <= '9') {
      pos++;
    }
    if (pos == from) {
      throw malformed("a digit");
    }
  }

  private void literal(byte[] word) {
    for (byte expected : word) {
      if (pos >= end || bytes[pos] != expected) {
        throw malformed(new String(word, StandardCharsets.US_ASCII));
      }
      pos++;
    }
  }

  private void take(char expected, String name) {
    if (pos >= end || bytes[pos] != expected) {
      throw malformed(name);
    }
    pos++;
  }

  private void blanks() {
    while (pos < end
        && (bytes[pos] == ' ' || bytes[pos] == '\n' || bytes[pos] == '\r' || bytes[pos] == '\t')) {
      pos++;
    }
  }

  private String ascii(int from) {
    return new String(bytes, from, pos - from, StandardCharsets.US_ASCII);
  }

  private MalformedJson malformed(String expected) {
    return new MalformedJson(
        pos - start, pos < end ? "other input" : "the end of the input", expected);
  }
}
