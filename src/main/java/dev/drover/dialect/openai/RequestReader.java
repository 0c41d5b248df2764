package dev.drover.dialect.openai;

import dev.drover.dialect.Edit;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.Span;
import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.json.Limits;
import dev.drover.json.MalformedJson;
import dev.drover.json.Utf8;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the facts of one request in a single pass. A field of an unexpected type is left for the
 * provider to judge, unless routing depends on it ({@code model}, {@code stream}).
 */
final class RequestReader {
  private static final String INCLUDE_USAGE = "\"include_usage\":true";
  private static final String OPTIONS = ",\"stream_options\":{" + INCLUDE_USAGE + "}";

  /** The fields that decide about routing, money or what the client gets. */
  private static final String[] KNOWN = {
    "model",
    "stream",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "n",
    "messages",
    "prompt",
    "input",
    "tools",
    "functions",
    "response_format",
    "logprobs",
    "temperature",
    "audio"
  };

  private static final Set<String> FOLDED = Set.of(KNOWN);

  private static final long MOST_TOKENS = 1_000_000_000;

  private final Operation operation;
  private final Bytes body;
  private final JsonScanner in;
  private final Set<Capability> needs = EnumSet.noneOf(Capability.class);
  private @Nullable String model;
  private @Nullable Span modelSpan;
  private boolean stream;
  private boolean coldest;
  private @Nullable Edit usageEdit;
  private boolean usageAsked;
  private int seen;
  private boolean optionsSeen;
  private long maxOutputTokens = -1;
  private int choices = 1;
  private int promptBytes;
  private final PromptReader prompt = new PromptReader();
  private final MediaWalk media;
  private ParseResult.@Nullable Rejected rejected;

  RequestReader(Operation operation, Bytes body) {
    this.operation = operation;
    this.body = body;
    this.in = new JsonScanner(body, Limits.DEFAULT);
    this.media = new MediaWalk(in, body, needs);
  }

  ParseResult read() {
    if (body.isEmpty()) {
      return new ParseResult.Rejected("empty_body", "body: empty (expected: a JSON object)", null);
    }
    int invalid = Utf8.firstInvalid(body);
    if (invalid >= 0) {
      return new ParseResult.Rejected(
          "invalid_utf8", "body: byte " + invalid + " is not UTF-8 (expected: UTF-8 text)", null);
    }
    try {
      in.beginObject();
      while (in.nextField()) {
        field();
      }
      in.end();
    } catch (MalformedJson e) {
      return new ParseResult.Rejected(
          "invalid_json", "body: not a JSON object: " + e.getMessage(), null);
    }
    return rejected == null ? facts() : rejected;
  }

  private ParseResult facts() {
    if (model == null || modelSpan == null) {
      return new ParseResult.Rejected(
          "missing_model", "model: missing (expected: a model name)", "model");
    }
    if (model.isBlank()) {
      return new ParseResult.Rejected(
          "invalid_model", "model: empty (expected: a model name)", "model");
    }
    if (stream) {
      needs.add(Capability.STREAMING);
    }
    return new ParseResult.Read(
        new RequestFacts(
            operation,
            model,
            modelSpan,
            stream,
            streamUsage(modelSpan),
            !operation.generates() || coldest,
            maxOutputTokens,
            choices,
            promptBytes,
            media.tokens(),
            prompt.prompt(),
            needs,
            media.cacheMarkers()));
  }

  private RequestFacts.@Nullable StreamUsage streamUsage(Span afterModel) {
    if (!stream || usageAsked) {
      return null;
    }
    Edit edit = usageEdit;
    if (edit == null) {
      edit = optionsSeen ? null : Edit.insert(afterModel.to(), OPTIONS);
    }
    return edit == null ? null : new RequestFacts.StreamUsage(edit);
  }

  private void field() {
    checkName();
    if (in.keyIs("model")) {
      model();
    } else if (in.keyIs("stream")) {
      stream();
    } else if (in.keyIs("stream_options")) {
      streamOptions();
    } else if (in.keyIs("max_tokens") || in.keyIs("max_completion_tokens")) {
      maxOutputTokens = Math.max(maxOutputTokens, positive(-1)); // a provider may heed either
    } else if (in.keyIs("n")) {
      choices = Math.clamp(positive(1), 1, 1024);
    } else if (in.keyIs("messages")) {
      messages();
    } else if (in.keyIs("prompt") || in.keyIs("input")) {
      prompt();
    } else if (in.keyIs("tools") || in.keyIs("functions")) {
      tools();
    } else if (in.keyIs("response_format")) {
      responseFormat();
    } else if (in.keyIs("logprobs")) {
      logprobs();
    } else if (in.keyIs("temperature")) {
      temperature();
    } else if (in.keyIs("audio")) {
      need(Capability.AUDIO);
    } else {
      in.skip();
    }
  }

  /**
   * Rejects a name that another JSON reader may take for one that is read here, and one that is
   * given twice: a provider may go by the other one.
   */
  private void checkName() {
    for (int i = 0; i < KNOWN.length; i++) {
      if (in.keyIs(KNOWN[i])) {
        once(KNOWN[i], (seen & 1 << i) != 0);
        seen |= 1 << i;
        return;
      }
    }
    String name = in.key();
    String folded = name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    if (!folded.equals(name) && FOLDED.contains(folded)) {
      reject(
          "ambiguous_name",
          name + ": differs from " + folded + " in case only (expected: " + folded + ")",
          name);
    }
  }

  private void model() {
    int from = in.position();
    if (in.peek() != Kind.STRING) {
      in.skip();
      reject("invalid_model", "model: not a string (expected: a model name)", "model");
      return;
    }
    String name = in.string();
    model = name;
    modelSpan = new Span(from, in.consumed());
  }

  private void stream() {
    switch (in.peek()) {
      case BOOLEAN -> stream = in.bool();
      case NULL -> in.skip();
      default -> {
        in.skip();
        reject("invalid_stream", "stream: not a boolean (expected: true or false)", "stream");
      }
    }
  }

  /** Rejects a field that is given twice, because a provider may read the other one. */
  private void once(String name, boolean seen) {
    if (seen) {
      reject("duplicate_" + name, name + ": given twice (expected: once)", name);
    }
  }

  private void streamOptions() {
    optionsSeen = true;
    int from = in.position();
    if (in.peek() == Kind.NULL) {
      in.skip();
      usageEdit = new Edit(from, in.consumed(), Bytes.utf8("{" + INCLUDE_USAGE + "}"));
      return;
    }
    if (in.peek() != Kind.OBJECT) {
      in.skip();
      return;
    }
    in.beginObject();
    int inside = in.consumed();
    boolean any = false;
    Edit given = null;
    while (in.nextField()) {
      any = true;
      if (in.keyIs("include_usage")) {
        once("include_usage", given != null);
        given = includeUsage();
      } else {
        in.skip();
      }
    }
    usageEdit =
        given == null ? Edit.insert(inside, any ? INCLUDE_USAGE + "," : INCLUDE_USAGE) : given;
  }

  /** The edit that turns a given include_usage on; also notes when it is on already. */
  private Edit includeUsage() {
    int from = in.position();
    boolean on = in.peek() == Kind.BOOLEAN && in.bool();
    usageAsked |= on;
    if (in.consumed() == from) {
      in.skip();
    }
    return new Edit(from, in.consumed(), Bytes.utf8("true"));
  }

  private long positive(long otherwise) {
    if (in.peek() != Kind.NUMBER) {
      in.skip();
      return otherwise;
    }
    long value = in.integer();
    return value > 0 ? Math.min(value, MOST_TOKENS) : otherwise;
  }

  private void prompt() {
    int from = in.position();
    prompt.begin();
    content();
    prompt.end("user");
    promptBytes += in.consumed() - from - media.takeBytes();
  }

  private void messages() {
    int from = in.position();
    if (in.peek() == Kind.ARRAY) {
      in.beginArray();
      while (in.nextElement()) {
        message();
      }
    } else {
      walk();
    }
    promptBytes += in.consumed() - from - media.takeBytes();
  }

  private void message() {
    if (in.peek() != Kind.OBJECT) {
      walk();
      return;
    }
    String role = "";
    prompt.begin();
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("role") && in.peek() == Kind.STRING) {
        role = role();
      } else if (in.keyIs("content")) {
        content();
      } else {
        media.field();
      }
    }
    prompt.end(role);
  }

  /** Empty when it is none whose words are noted. */
  private String role() {
    in.skip();
    for (String role : PromptReader.ROLES) {
      if (in.skippedIs(role)) {
        return role;
      }
    }
    return "";
  }

  /** A text, or a list of texts or of parts that have one. */
  private void content() {
    switch (in.peek()) {
      case STRING -> text();
      case ARRAY -> {
        in.beginArray();
        while (in.nextElement()) {
          part();
        }
      }
      default -> walk();
    }
  }

  private void part() {
    switch (in.peek()) {
      case STRING -> text();
      case OBJECT -> {
        in.beginObject();
        while (in.nextField()) {
          if (in.keyIs("text") && in.peek() == Kind.STRING) {
            text();
          } else {
            media.field();
          }
        }
      }
      default -> walk();
    }
  }

  private void text() {
    int from = in.position();
    in.skip();
    prompt.text(new Span(from, in.consumed()));
  }

  private void tools() {
    int from = in.position();
    boolean any = in.peek() == Kind.ARRAY && !isEmptyArray();
    if (!any) {
      in.skip();
      return;
    }
    walk();
    needs.add(Capability.TOOLS);
    promptBytes += in.consumed() - from - media.takeBytes();
    prompt.tools(new Span(from, in.consumed()));
  }

  /** Returns whether the array that comes next has no element, however it is written. */
  private boolean isEmptyArray() {
    int at = in.position() + 1;
    while (at < body.length() && body.at(at) <= ' ' && body.at(at) >= 0) {
      at++;
    }
    return at < body.length() && body.at(at) == ']';
  }

  /** Passes over content of any shape and notes what a target must be able to see or cache. */
  private void walk() {
    media.walk(null);
  }

  private void responseFormat() {
    if (in.peek() != Kind.OBJECT) {
      in.skip();
      return;
    }
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("json_schema")) {
        needs.add(Capability.JSON_SCHEMA);
      }
      in.skip();
    }
  }

  /** A boolean in chat requests, a count in completions. */
  private void logprobs() {
    boolean asked = in.peek() == Kind.BOOLEAN ? in.bool() : positive(0) > 0;
    if (asked) {
      needs.add(Capability.LOGPROBS);
    }
  }

  private void temperature() {
    if (in.peek() == Kind.NUMBER) {
      coldest = in.isZero();
    } else {
      in.skip();
    }
  }

  private void need(Capability capability) {
    if (in.peek() != Kind.NULL) {
      needs.add(capability);
    }
    in.skip();
  }

  private void reject(String code, String message, String param) {
    if (rejected == null) {
      rejected = new ParseResult.Rejected(code, message, param);
    }
  }
}
