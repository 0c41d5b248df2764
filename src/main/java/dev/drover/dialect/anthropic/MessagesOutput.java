package dev.drover.dialect.anthropic;

import dev.drover.dialect.response.OutputScan;
import dev.drover.dialect.response.UsageObject;
import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the output in a message of Anthropic's API and in the events of its stream. Confined to one
 * thread.
 */
final class MessagesOutput implements OutputScan {
  private static final int MOST_REASON = 40;

  private long outputBytes;
  private @Nullable String finishReason;
  private boolean found;
  private boolean last;

  @Override
  public void forget() {
    outputBytes = 0;
    finishReason = null;
    found = false;
    last = false;
  }

  @Override
  public boolean read(JsonScanner in, Consumer<UsageObject> usage) {
    if (in.keyIs("type") && in.peek() == Kind.STRING) {
      in.skip();
      last = in.skippedIs("message_stop");
      found |= last || in.skippedIs("ping");
    } else if (in.keyIs("content") && in.peek() == Kind.ARRAY) {
      found = true;
      in.beginArray();
      while (in.nextElement()) {
        block(in);
      }
    } else if (in.keyIs("content_block") || in.keyIs("delta")) {
      found = true;
      block(in);
    } else if (in.keyIs("stop_reason")) {
      reason(in);
    } else if (in.keyIs("message") && in.peek() == Kind.OBJECT) {
      found = true;
      message(in, usage);
    } else {
      return false;
    }
    return true;
  }

  private void message(JsonScanner in, Consumer<UsageObject> usage) {
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("usage") && in.peek() == Kind.OBJECT) {
        usage.accept(UsageObject.read(in));
      } else {
        in.skip();
      }
    }
  }

  private void block(JsonScanner in) {
    if (in.peek() != Kind.OBJECT) {
      in.skip();
      return;
    }
    in.beginObject();
    while (in.nextField()) {
      boolean text = in.keyIs("text") || in.keyIs("thinking") || in.keyIs("partial_json");
      if (text && in.peek() == Kind.STRING) {
        outputBytes += in.stringLength();
      } else if (in.keyIs("input") && in.peek() == Kind.OBJECT) {
        int from = in.position();
        in.skip();
        outputBytes += in.consumed() - from - "{}".length();
      } else if (in.keyIs("stop_reason")) {
        reason(in);
      } else {
        in.skip();
      }
    }
  }

  private void reason(JsonScanner in) {
    if (in.peek() != Kind.STRING) {
      in.skip();
      return;
    }
    String reason = in.string();
    if (!reason.isEmpty()) {
      found = true;
      finishReason = reason.substring(0, Math.min(reason.length(), MOST_REASON));
    }
  }

  @Override
  public boolean found() {
    return found;
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
    return finishReason == null ? 0 : 1;
  }

  @Override
  public boolean isError() {
    return false; // the signs of errors are those of all APIs
  }

  @Override
  public boolean isLast() {
    return last;
  }
}
