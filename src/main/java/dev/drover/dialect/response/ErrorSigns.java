package dev.drover.dialect.response;

import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;

/**
 * Finds the forms in which providers state an error under a good status: an {@code error}, an
 * {@code object} or {@code type} that says so, codes and messages in place of an answer, and
 * MiniMax's {@code base_resp}. Confined to one thread.
 */
final class ErrorSigns {
  private final JsonScanner in;
  private boolean error;
  private boolean message;
  private boolean code;

  ErrorSigns(JsonScanner in) {
    this.in = in;
  }

  void forget() {
    error = false;
    message = false;
    code = false;
  }

  /**
   * Returns whether an error was found.
   *
   * @param answered whether the object has an answer too, beside which a code and a message are no
   *     error
   */
  boolean found(boolean answered) {
    return error || (!answered && message && code);
  }

  /** Reads the value of the current field if it may tell; returns false when it is still unread. */
  boolean read() {
    Kind kind = in.peek();
    if (in.keyIs("error")) {
      error |= container(kind) || given(kind);
    } else if (in.keyIs("object") || in.keyIs("type")) {
      in.skip();
      error |= kind == Kind.STRING && in.skippedIs("error");
    } else if (in.keyIs("error_type") || in.keyIs("error_message") || in.keyIs("error_msg")) {
      error |= given(kind);
    } else if (in.keyIs("error_code") || in.keyIs("errorCode")) {
      error |= given(kind);
    } else if (in.keyIs("detail") || in.keyIs("msg")) {
      boolean whole = in.keyIs("detail");
      boolean given = container(kind) || given(kind);
      message |= given;
      code |= given && whole;
    } else if (in.keyIs("message")) {
      message |= given(kind);
    } else if (in.keyIs("code") || in.keyIs("status") || in.keyIs("statusCode")) {
      code |= given(kind);
    } else if (in.keyIs("base_resp") && kind == Kind.OBJECT) {
      baseResponse();
    } else {
      return false;
    }
    return true;
  }

  /** Passes over the value and tells whether it says something: no null, blank, false or zero. */
  private boolean given(Kind kind) {
    return switch (kind) {
      case STRING -> in.stringLength() > 0;
      case NUMBER -> !in.isZero();
      case BOOLEAN -> in.bool();
      default -> {
        in.skip();
        yield false;
      }
    };
  }

  /** Passes over an object or an array; any other value stays unread. */
  private boolean container(Kind kind) {
    boolean is = kind == Kind.OBJECT || kind == Kind.ARRAY;
    if (is) {
      in.skip();
    }
    return is;
  }

  private void baseResponse() {
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("status_code") && in.peek() == Kind.NUMBER) {
        error |= !in.isZero();
      } else {
        in.skip();
      }
    }
  }
}
