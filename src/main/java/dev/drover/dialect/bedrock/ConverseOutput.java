package dev.drover.dialect.bedrock;

import dev.drover.dialect.response.OutputScan;
import dev.drover.dialect.response.UsageObject;
import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds the output in a response of Bedrock's Converse API and in its events. One thread's. */
final class ConverseOutput implements OutputScan {
  private static final int MOST_REASON = 40;

  private long outputBytes;
  private @Nullable String finishReason;
  private boolean found;
  private boolean last;
  private boolean error;

  @Override
  public void forget() {
    outputBytes = 0;
    finishReason = null;
    found = false;
    last = false;
    error = false;
  }

  @Override
  public boolean read(JsonScanner in, Consumer<UsageObject> usage) {
    if (in.keyIs("stopReason")) {
      reason(in);
    } else if (in.keyIs("output") || in.keyIs("contentBlockDelta")) {
      found = true;
      text(in);
    } else if (in.keyIs("messageStart") || in.keyIs("contentBlockStart")) {
      found = true;
      in.skip();
    } else if (in.keyIs("messageStop") || in.keyIs("metadata")) {
      last = in.keyIs("metadata");
      found = true;
      inner(in, usage);
    } else if (in.keyIs("exception")) {
      error = true;
      in.skip();
    } else {
      return false;
    }
    return true;
  }

  private void inner(JsonScanner in, Consumer<UsageObject> usage) {
    if (in.peek() != Kind.OBJECT) {
      in.skip();
      return;
    }
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("stopReason")) {
        reason(in);
      } else if (in.keyIs("usage") && in.peek() == Kind.OBJECT) {
        usage.accept(UsageObject.read(in));
      } else if (in.keyIs("serviceTier") && in.peek() == Kind.OBJECT) {
        usage.accept(UsageObject.bedrocksTier(in));
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
    finishReason = reason.substring(0, Math.min(reason.length(), MOST_REASON));
    error |= reason.startsWith("malformed_");
  }

  /** Counts texts and the inputs of tools. */
  private void text(JsonScanner in) {
    switch (in.peek()) {
      case ARRAY -> {
        in.beginArray();
        while (in.nextElement()) {
          text(in);
        }
      }
      case OBJECT -> {
        in.beginObject();
        while (in.nextField()) {
          boolean words = in.keyIs("text") || in.keyIs("input");
          if (words && in.peek() == Kind.STRING) {
            outputBytes += in.stringLength();
          } else if (in.keyIs("input")) {
            int from = in.position();
            in.skip();
            outputBytes += in.consumed() - from;
          } else if (in.peek() == Kind.OBJECT || in.peek() == Kind.ARRAY) {
            text(in);
          } else {
            in.skip();
          }
        }
      }
      default -> in.skip();
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
    return error;
  }

  @Override
  public boolean isLast() {
    return last;
  }
}
