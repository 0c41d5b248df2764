package dev.drover.dialect.response;

import dev.drover.dialect.Fault;
import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.json.Limits;
import dev.drover.json.MalformedJson;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import org.jspecify.annotations.Nullable;

/**
 * A pass over a response object, whole or one event of a stream: the usage it states, the generated
 * text it carries, and whether it states an error. Used again for each event of a stream, whose
 * usage it brings together. Confined to one thread.
 */
final class ResponseScan {
  private final boolean generates;
  private final JsonScanner in = new JsonScanner(Bytes.EMPTY, Limits.RESPONSES);
  private final OutputScan output;
  private final ErrorSigns error = new ErrorSigns(in);
  private @Nullable UsageObject usage;
  private @Nullable UsageObject allUsage;
  private boolean data;

  /**
   * @param output finds the output in objects of the response's API
   * @param generates whether the response has tokens of its own, as embeddings have not
   */
  ResponseScan(OutputScan output, boolean generates) {
    this.output = output;
    this.generates = generates;
  }

  /**
   * Reads an object, or an array whose first element is one, as Gemini sends errors. What was read
   * before is forgotten, but for the usage.
   *
   * @return whether it was such JSON; if not, nothing was read
   */
  boolean read(Bytes json) {
    forget();
    in.read(json);
    try {
      if (in.peek() == Kind.ARRAY) {
        in.beginArray();
        while (in.nextElement()) {
          value();
        }
      } else {
        object();
      }
      in.end();
      noteUsage();
      return true;
    } catch (MalformedJson _) {
      forget();
      return false;
    }
  }

  private void value() {
    if (in.peek() == Kind.OBJECT) {
      object();
    } else {
      in.skip();
    }
  }

  private void object() {
    in.beginObject();
    while (in.nextField()) {
      if ((in.keyIs("usage") || in.keyIs("usageMetadata")) && in.peek() == Kind.OBJECT) {
        usage(UsageObject.read(in));
      } else if (!output.read(in, this::usage)) {
        other();
      }
    }
  }

  private void other() {
    if (nested() && in.peek() == Kind.OBJECT) {
      usageWithin();
    } else if (in.keyIs(UsageObject.TIER) && in.peek() == Kind.STRING) {
      usage(UsageObject.served(in.string()));
    } else if (in.keyIs("serviceTier") && in.peek() == Kind.OBJECT) {
      usage(UsageObject.bedrocksTier(in));
    } else if (in.keyIs("data") && in.peek() == Kind.ARRAY) {
      data |= elements() > 0;
    } else if (!error.read()) {
      in.skip();
    }
  }

  /** Returns whether the field is an object that providers put usage into. */
  private boolean nested() {
    return in.keyIs("x_groq") || in.keyIs("message") || in.keyIs("response");
  }

  private void usageWithin() {
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("usage") && in.peek() == Kind.OBJECT) {
        usage(UsageObject.read(in));
      } else if (in.keyIs(UsageObject.TIER) && in.peek() == Kind.STRING) {
        usage(UsageObject.served(in.string()));
      } else {
        in.skip();
      }
    }
  }

  private int elements() {
    int count = 0;
    in.beginArray();
    while (in.nextElement()) {
      in.skip();
      count++;
    }
    return count;
  }

  private void usage(UsageObject more) {
    usage = usage == null ? more : usage.and(more);
  }

  /** Adds usage that was read elsewhere in the stream. */
  void add(@Nullable UsageObject more) {
    usage = more;
    noteUsage();
  }

  private void noteUsage() {
    if (usage != null && usage.stated(generates)) {
      allUsage = allUsage == null ? usage : allUsage.and(usage);
    }
  }

  private void forget() {
    usage = null;
    output.forget();
    error.forget();
    data = false;
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
    return output.outputBytes();
  }

  /**
   * Returns the reason why the last output of the last object ended, or null when it states none.
   */
  @Nullable String finishReason() {
    return output.finishReason();
  }

  /** Returns the number of outputs in the last object that state why they ended. */
  int ends() {
    return output.ends();
  }

  /** Returns whether the last object says that the response is over. */
  boolean isLast() {
    return output.isLast();
  }

  /** Returns whether the last object carries output. */
  boolean hasOutput() {
    return output.found();
  }

  /**
   * Returns whether the last object states an error. Some providers send one under a 2xx status.
   */
  boolean isError() {
    return output.isError() || error.found(output.found() || data);
  }

  /** Returns why the last object, as a whole response, is no answer; null when it is one. */
  @Nullable Fault fault() {
    if (isError()) {
      return Fault.ERROR_IN_BODY;
    }
    return generates && !output.found() ? Fault.EMPTY_RESPONSE : null;
  }
}
