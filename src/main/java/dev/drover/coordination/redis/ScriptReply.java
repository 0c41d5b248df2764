package dev.drover.coordination.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The reply of a script: a list of texts. */
record ScriptReply(List<?> fields) {
  /** Returns whether it begins with this word; false too when it begins with no text at all. */
  boolean says(String word) {
    return !fields.isEmpty()
        && fields.getFirst() instanceof byte[] first
        && word.equals(new String(first, StandardCharsets.UTF_8));
  }

  int size() {
    return fields.size();
  }

  byte[] bytes(int index) {
    return (byte[]) fields.get(index);
  }

  String text(int index) {
    return new String(bytes(index), StandardCharsets.UTF_8);
  }

  long number(int index) {
    return Long.parseLong(text(index));
  }
}
