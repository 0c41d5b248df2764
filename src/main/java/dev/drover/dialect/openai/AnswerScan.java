package dev.drover.dialect.openai;

import dev.drover.dialect.json.JsonScanner;
import dev.drover.dialect.json.JsonScanner.Kind;
import dev.drover.dialect.json.Limits;
import dev.drover.dialect.json.MalformedJson;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import org.jspecify.annotations.Nullable;

/**
 * One pass over an answer object, whole or one event of a stream: the usage it states, the
 * generated text it carries.
 *
 * @param usage what it states, or null
 * @param outputBytes bytes of generated text, as written
 * @param finishReason why the last choice ended, or null
 * @param choices whether it carries at least one choice
 * @param readable whether it was a JSON object
 */
record AnswerScan(
    @Nullable Usage usage,
    long outputBytes,
    @Nullable String finishReason,
    boolean choices,
    boolean readable) {
  /** Longer ones are no reason that any API knows. */
  private static final int MOST_REASON = 40;

  private static final AnswerScan UNREADABLE = new AnswerScan(null, 0, null, false, false);

  static AnswerScan of(Bytes object) {
    try {
      return new Scan(new JsonScanner(object, Limits.DEFAULT)).run();
    } catch (MalformedJson e) {
      return UNREADABLE;
    }
  }

  private static final class Scan {
    private final JsonScanner in;
    private @Nullable Usage usage;
    private long outputBytes;
    private @Nullable String finishReason;
    private boolean choices;

    Scan(JsonScanner in) {
      this.in = in;
    }

    AnswerScan run() {
      in.beginObject();
      while (in.nextField()) {
        if (in.keyIs("usage") && in.peek() == Kind.OBJECT) {
          usage = UsageObject.read(in);
        } else if (in.keyIs("choices") && in.peek() == Kind.ARRAY) {
          choices();
        } else {
          in.skip();
        }
      }
      in.end();
      return new AnswerScan(usage, outputBytes, finishReason, choices, true);
    }

    private void choices() {
      in.beginArray();
      while (in.nextElement()) {
        choices = true;
        text();
      }
    }

    /** Sums the text fields of a choice, at any depth: message or delta, tool calls, reasoning. */
    private void text() {
      switch (in.peek()) {
        case OBJECT -> {
          in.beginObject();
          while (in.nextField()) {
            if (in.keyIs("logprobs")) {
              in.skip();
            } else if (in.keyIs("finish_reason") && in.peek() == Kind.STRING) {
              String reason = in.string();
              finishReason = reason.substring(0, Math.min(reason.length(), MOST_REASON));
            } else if (generated() && in.peek() == Kind.STRING) {
              outputBytes += in.stringLength();
            } else {
              text();
            }
          }
        }
        case ARRAY -> {
          in.beginArray();
          while (in.nextElement()) {
            text();
          }
        }
        default -> in.skip();
      }
    }

    private boolean generated() {
      return in.keyIs("content")
          || in.keyIs("text")
          || in.keyIs("arguments")
          || in.keyIs("reasoning_content")
          || in.keyIs("reasoning")
          || in.keyIs("refusal");
    }
  }
}
