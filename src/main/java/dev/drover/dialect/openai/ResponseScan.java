package dev.drover.dialect.openai;

import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.json.Limits;
import dev.drover.json.MalformedJson;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import org.jspecify.annotations.Nullable;

/**
 * A pass over an answer object, whole or one event of a stream: the usage it states, the generated
 * text it carries. Used again for each event of a stream, whose usage it brings together. Confined
 * to one thread.
 */
final class ResponseScan {
  /** Longer ones are no reason that any API knows. */
  private static final int MOST_REASON = 40;

  private final boolean generates;
  private final JsonScanner in = new JsonScanner(Bytes.EMPTY, Limits.DEFAULT);
  private @Nullable UsageObject usage;
  private @Nullable UsageObject allUsage;
  private long outputBytes;
  private @Nullable String finishReason;
  private int ends;
  private boolean choices;
  private boolean error;

  /**
   * @param generates whether the answer has tokens of its own, as embeddings have not
   */
  ResponseScan(boolean generates) {
    this.generates = generates;
  }

  /**
   * Reads an object; what was read before is forgotten, but for the usage.
   *
   * @return whether it was a JSON object; if not, nothing was read
   */
  boolean read(Bytes object) {
    forget();
    in.read(object);
    try {
      in.beginObject();
      while (in.nextField()) {
        if (in.keyIs("usage") && in.peek() == Kind.OBJECT) {
          usage = UsageObject.read(in);
        } else if (in.keyIs("choices") && in.peek() == Kind.ARRAY) {
          choices();
        } else if (in.keyIs("error")) {
          error = in.peek() == Kind.OBJECT || in.peek() == Kind.STRING;
          in.skip();
        } else {
          in.skip();
        }
      }
      in.end();
      if (usage != null && usage.stated(generates)) {
        allUsage = allUsage == null ? usage : allUsage.and(usage);
      }
      return true;
    } catch (MalformedJson e) {
      forget();
      return false;
    }
  }

  private void forget() {
    usage = null;
    outputBytes = 0;
    finishReason = null;
    ends = 0;
    choices = false;
    error = false;
  }

  /** Returns whether the last object states usage. */
  boolean hasUsage() {
    return usage != null && usage.stated(generates);
  }

  /** Returns the usage that all objects have stated so far, or null when there is none. */
  @Nullable Usage usage() {
    return allUsage == null ? null : allUsage.usage(generates);
  }

  /** Bytes of generated text, as written. */
  long outputBytes() {
    return outputBytes;
  }

  /**
   * Returns the reason why the last choice of the last object ended, or null when it states none.
   */
  @Nullable String finishReason() {
    return finishReason;
  }

  /** Returns the number of choices in the last object that state why they ended. */
  int ends() {
    return ends;
  }

  /** Returns whether the last object carries at least one choice. */
  boolean hasChoices() {
    return choices;
  }

  /**
   * Returns whether the last object states an error. Some providers send one under a 2xx status.
   */
  boolean isError() {
    return error;
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
            if (!reason.isEmpty()) {
              finishReason = reason.substring(0, Math.min(reason.length(), MOST_REASON));
              ends++;
            }
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
