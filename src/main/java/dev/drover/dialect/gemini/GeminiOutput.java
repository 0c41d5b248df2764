package dev.drover.dialect.gemini;

import dev.drover.dialect.response.OutputScan;
import dev.drover.dialect.response.UsageObject;
import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds the output in the responses of Gemini's API. Confined to one thread. */
final class GeminiOutput implements OutputScan {
  private static final int MOST_REASON = 40;

  private long outputBytes;
  private @Nullable String finishReason;
  private int ends;
  private boolean found;

  @Override
  public void forget() {
    outputBytes = 0;
    finishReason = null;
    ends = 0;
    found = false;
  }

  @Override
  public boolean read(JsonScanner in, Consumer<UsageObject> usage) {
    if (in.keyIs("candidates") && in.peek() == Kind.ARRAY) {
      in.beginArray();
      while (in.nextElement()) {
        candidate(in);
      }
      return true;
    }
    if (in.keyIs("promptFeedback")
        && in.peek() == Kind.OBJECT) { // a blocked prompt has no candidate
      found = true;
      ended("BLOCKED");
      in.skip();
      return true;
    }
    return false;
  }

  private void candidate(JsonScanner in) {
    if (in.peek() != Kind.OBJECT) {
      in.skip();
      return;
    }
    found = true;
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("content")) {
        text(in);
      } else if (in.keyIs("finishReason") && in.peek() == Kind.STRING) {
        ended(in.string());
      } else {
        in.skip();
      }
    }
  }

  private void ended(String reason) {
    if (!reason.isEmpty() && !reason.equals("FINISH_REASON_UNSPECIFIED")) {
      finishReason = reason.substring(0, Math.min(reason.length(), MOST_REASON));
      ends++;
    }
  }

  /** Counts texts and the arguments of calls. */
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
          if (in.keyIs("text") && in.peek() == Kind.STRING) {
            outputBytes += in.stringLength();
          } else if (in.keyIs("args")) {
            int from = in.position();
            in.skip();
            outputBytes += in.consumed() - from;
          } else if (in.keyIs("parts") || in.keyIs("functionCall")) {
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
    return ends;
  }

  @Override
  public boolean isError() {
    return false; // the signs of errors are those of all APIs
  }
}
