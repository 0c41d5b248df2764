package dev.drover.dialect.openai;

import dev.drover.dialect.response.OutputScan;
import dev.drover.dialect.response.UsageObject;
import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.json.Limits;
import dev.drover.types.Bytes;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A pass over the choices of a response object: the text they carry and why they ended. Fields that
 * repeat each other count once, and data of images and audio is no text. Confined to one thread.
 */
final class ChoiceScan implements OutputScan {
  /** Longer ones are no reason that any API knows. */
  private static final int MOST_REASON = 40;

  /** A longer string may have data of an image or a sound in it. */
  private static final int LONG_TEXT = 2048;

  private JsonScanner in = new JsonScanner(Bytes.EMPTY, Limits.RESPONSES);
  private long outputBytes;
  private @Nullable String finishReason;
  private int ends;
  private int count;
  private boolean error;

  @Override
  public void forget() {
    outputBytes = 0;
    finishReason = null;
    ends = 0;
    count = 0;
    error = false;
  }

  @Override
  public long outputBytes() {
    return outputBytes;
  }

  @Override
  public @Nullable String finishReason() {
    return finishReason;
  }

  @Override
  public int ends() {
    return ends;
  }

  @Override
  public boolean found() {
    return count > 0;
  }

  @Override
  public boolean isError() {
    return error;
  }

  @Override
  public boolean read(JsonScanner object, Consumer<UsageObject> usage) {
    if (!object.keyIs("choices") || object.peek() != Kind.ARRAY) {
      return false;
    }
    in = object;
    choices(usage);
    return true;
  }

  private void choices(Consumer<UsageObject> usage) {
    in.beginArray();
    while (in.nextElement()) {
      if (in.peek() == Kind.OBJECT) {
        count++;
        choice(usage);
      } else {
        in.skip();
      }
    }
  }

  private void choice(Consumer<UsageObject> usage) {
    long text = 0;
    in.beginObject();
    while (in.nextField()) {
      Kind kind = in.peek();
      if (in.keyIs("message") || in.keyIs("delta")) {
        text = Math.max(text, kind == Kind.OBJECT ? message() : other());
      } else if (in.keyIs("text")) {
        text = Math.max(text, content());
      } else if (in.keyIs("finish_reason") && kind == Kind.STRING) {
        ended(in.string());
      } else if (in.keyIs("usage") && kind == Kind.OBJECT) {
        usage.accept(UsageObject.read(in));
      } else if (in.keyIs("error")) {
        error |= kind == Kind.OBJECT || kind == Kind.STRING;
        in.skip();
      } else {
        in.skip();
      }
    }
    outputBytes += text;
  }

  private void ended(String reason) {
    if (!reason.isEmpty()) {
      finishReason = reason.substring(0, Math.min(reason.length(), MOST_REASON));
      ends++;
      error |= reason.equals("error");
    }
  }

  private long message() {
    long text = 0;
    long thoughts = 0;
    long calls = 0;
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("content") || in.keyIs("refusal") || in.keyIs("audio")) {
        text += content();
      } else if (thought()) {
        thoughts = Math.max(thoughts, content());
      } else if (in.keyIs("tool_calls") || in.keyIs("function_call")) {
        calls = Math.max(calls, content());
      } else {
        in.skip();
      }
    }
    return text + thoughts + calls;
  }

  /** Returns whether the field holds thoughts, which gateways send under several names at once. */
  private boolean thought() {
    return in.keyIs("reasoning")
        || in.keyIs("reasoning_content")
        || in.keyIs("reasoning_text")
        || in.keyIs("reasoning_details")
        || in.keyIs("thinking")
        || in.keyIs("thinking_blocks");
  }

  /** Returns the bytes of text in a string, or in the parts of an array or object of them. */
  private long content() {
    return switch (in.peek()) {
      case STRING -> text();
      case ARRAY -> parts();
      case OBJECT -> part();
      default -> other();
    };
  }

  private long parts() {
    long sum = 0;
    in.beginArray();
    while (in.nextElement()) {
      sum += content();
    }
    return sum;
  }

  private long part() {
    long most = 0;
    long inner = 0;
    in.beginObject();
    while (in.nextField()) {
      if (isText()) {
        most = Math.max(most, content());
      } else if (in.keyIs("function") || in.keyIs("custom") || in.keyIs("content")) {
        inner += content();
      } else {
        in.skip();
      }
    }
    return most + inner;
  }

  /** Returns whether the field holds the text of a part; one part has one of them. */
  private boolean isText() {
    return in.keyIs("text")
        || in.keyIs("arguments")
        || in.keyIs("input")
        || in.keyIs("thinking")
        || in.keyIs("summary")
        || in.keyIs("refusal")
        || in.keyIs("transcript");
  }

  private long other() {
    in.skip();
    return 0;
  }

  private long text() {
    int length = in.stringLength();
    return length < LONG_TEXT ? length : length - in.skippedBase64();
  }
}
