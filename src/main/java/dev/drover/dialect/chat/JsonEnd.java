package dev.drover.dialect.chat;

/** Tells whether a JSON object that comes in pieces is whole. Confined to one thread. */
public final class JsonEnd {
  private int depth;
  private boolean inString;
  private boolean escaped;
  private boolean begun;

  /** Takes the next characters. */
  public void add(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      add(text.charAt(i));
    }
  }

  /** Takes the next character, or the next byte of UTF-8. */
  public void add(int c) {
    if (inString) {
      inString = escaped || c != '"';
      escaped = !escaped && c == '\\';
    } else if (c == '"') {
      inString = true;
    } else if (c == '{' || c == '[') {
      depth++;
      begun = true;
    } else if (c == '}' || c == ']') {
      depth--;
    }
  }

  /** Returns whether an object has begun and ended. */
  public boolean isWhole() {
    return begun && depth <= 0;
  }
}
