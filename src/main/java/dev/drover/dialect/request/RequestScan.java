package dev.drover.dialect.request;

import dev.drover.dialect.Operation;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.References;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.Span;
import dev.drover.json.JsonScanner;
import dev.drover.json.JsonScanner.Kind;
import dev.drover.json.Limits;
import dev.drover.json.MalformedJson;
import dev.drover.json.Utf8;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import dev.drover.types.ServiceTier;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the facts of one request in a single pass. A dialect says which fields there are. A field
 * of an unexpected type is left for the provider to judge, unless routing depends on it ({@code
 * model}, {@code stream}). Confined to one thread.
 */
public abstract class RequestScan {
  private static final long MOST_TOKENS = 1_000_000_000;
  private static final String SERVICE_TIER = "service_tier";

  protected final JsonScanner in;
  protected final PromptReader prompt = new PromptReader();
  protected final MediaWalk media;

  private final Operation operation;
  private final Bytes body;
  private final List<String> known;
  private final Set<Capability> needs = EnumSet.noneOf(Capability.class);
  private @Nullable String model;
  private @Nullable Span modelSpan;
  private boolean stream;
  private ServiceTier tier = ServiceTier.STANDARD;
  private boolean coldest;
  private int seen;
  private long maxOutputTokens = -1;
  private int promptBytes;
  private ParseResult.@Nullable Rejected rejected;

  /**
   * @param known the fields that decide about routing, money or what the client gets; at most 32
   */
  protected RequestScan(Operation operation, Bytes body, List<String> known) {
    this.operation = operation;
    this.body = body;
    this.known = known;
    this.in = new JsonScanner(body, Limits.DEFAULT);
    this.media = new MediaWalk(in, body, needs);
  }

  /** Takes the model and the kind of response from elsewhere than the body. */
  protected final void given(String itsModel, boolean itsStream) {
    model = itsModel;
    modelSpan = new Span(0, 0);
    stream = itsStream;
  }

  /** Reads the value of the current field; its name was checked. */
  protected abstract void field();

  /**
   * Returns how usage is asked for in a stream that did not; null when there is nothing to edit.
   */
  protected RequestFacts.@Nullable StreamUsage streamUsage(Span afterModel) {
    return null;
  }

  /** Returns the API whose form the body has, where that is not the one of the path; else null. */
  protected @Nullable String bodyApi() {
    return null;
  }

  /** Returns what the request refers to that a provider stored. */
  protected References references() {
    return References.NONE;
  }

  /** Returns the number of choices asked for, 1 to 1024. */
  protected int choices() {
    return 1;
  }

  /** Reads the request. Never throws on any bytes. */
  public final ParseResult read() {
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
        checkName();
        if (in.keyIs(SERVICE_TIER) && in.peek() == Kind.STRING) {
          tier = ServiceTier.named(in.string());
        } else {
          field();
        }
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
            stream ? streamUsage(modelSpan) : null,
            !operation.generates() || coldest,
            maxOutputTokens,
            choices(),
            promptBytes,
            media.tokens(),
            prompt.prompt(),
            needs,
            bodyApi(),
            media.cacheMarkers(),
            tier,
            references()));
  }

  /**
   * Rejects a name that another JSON reader may take for one that is read here, and one that is
   * given twice: a provider may go by the other one.
   */
  private void checkName() {
    for (int i = 0; i < known.size(); i++) {
      if (in.keyIs(known.get(i))) {
        once(known.get(i), (seen & 1 << i) != 0);
        seen |= 1 << i;
        return;
      }
    }
    String name = in.key();
    String folded = name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    if (!folded.equals(name) && known.contains(folded)) {
      reject(
          "ambiguous_name",
          name + ": differs from " + folded + " in case only (expected: " + folded + ")",
          name);
    }
  }

  /** Rejects a field that is given twice, because a provider may read the other one. */
  protected final void once(String name, boolean seenBefore) {
    if (seenBefore) {
      reject("duplicate_" + name, name + ": given twice (expected: once)", name);
    }
  }

  /** Reads the name of the model. */
  protected final void model() {
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

  /** Reads whether a stream is wanted. */
  protected final void stream() {
    switch (in.peek()) {
      case BOOLEAN -> stream = in.bool();
      case NULL -> in.skip();
      default -> {
        in.skip();
        reject("invalid_stream", "stream: not a boolean (expected: true or false)", "stream");
      }
    }
  }

  /** Reads a bound on generated tokens. The largest counts: a provider may heed any. */
  protected final void maxOutput() {
    maxOutputTokens = Math.max(maxOutputTokens, positive(-1));
  }

  /** Reads a number; returns {@code otherwise} when it is none above 0. */
  protected final long positive(long otherwise) {
    if (in.peek() != Kind.NUMBER) {
      in.skip();
      return otherwise;
    }
    long value = in.integer();
    return value > 0 ? Math.min(value, MOST_TOKENS) : otherwise;
  }

  /** Reads the instructions that stand beside the messages. */
  protected final void system() {
    words("system");
  }

  /** Reads instructions that are an object with parts. */
  protected final void systemParts() {
    int from = in.position();
    prompt.begin();
    if (in.peek() == Kind.OBJECT) {
      in.beginObject();
      while (in.nextField()) {
        if (in.keyIs("parts")) {
          content();
        } else {
          in.skip();
        }
      }
    } else {
      media.walk(null);
    }
    prompt.end("system");
    promptBytes += in.consumed() - from - media.takeBytes();
  }

  /** Reads the words of a user that are no list of messages. */
  protected final void prompt() {
    words("user");
  }

  private void words(String role) {
    int from = in.position();
    prompt.begin();
    content();
    prompt.end(role);
    promptBytes += in.consumed() - from - media.takeBytes();
  }

  /** Reads a list of messages; other forms are passed over. */
  protected final void messages() {
    int from = in.position();
    if (in.peek() == Kind.ARRAY) {
      in.beginArray();
      while (in.nextElement()) {
        message();
      }
    } else {
      media.walk(null);
    }
    promptBytes += in.consumed() - from - media.takeBytes();
  }

  private void message() {
    if (in.peek() != Kind.OBJECT) {
      media.walk(null);
      return;
    }
    String role = "";
    boolean hasRole = false;
    prompt.begin();
    in.beginObject();
    while (in.nextField()) {
      hasRole |= in.keyIs("role");
      if (in.keyIs("role") && in.peek() == Kind.STRING) {
        role = role();
      } else if (in.keyIs("content") || in.keyIs("parts")) {
        content();
      } else if (!itemField()) {
        media.field();
      }
    }
    itemEnds(hasRole);
    prompt.end(role);
  }

  /**
   * Reads the value of the current field of a message if it names something stored.
   *
   * @return false when the value is still unread
   */
  protected boolean itemField() {
    return false;
  }

  /** Notes the end of a message. */
  protected void itemEnds(boolean hasRole) {}

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
      default -> media.walk(null);
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
      default -> media.walk(null);
    }
  }

  private void text() {
    int from = in.position();
    in.skip();
    prompt.text(new Span(from, in.consumed()));
  }

  /** Reads a list of tools. */
  protected final void tools() {
    int from = in.position();
    boolean any = in.peek() == Kind.ARRAY && !isEmptyArray();
    if (!any) {
      in.skip();
      return;
    }
    media.walk(null);
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

  /** Reads the form of the response: an object that may have a schema in one of its fields. */
  protected final void format(String schemaField) {
    if (in.peek() != Kind.OBJECT) {
      in.skip();
      return;
    }
    in.beginObject();
    while (in.nextField()) {
      boolean schema = in.keyIs(schemaField) && in.peek() == Kind.OBJECT;
      if (schema) {
        needs.add(Capability.JSON_SCHEMA);
      }
      in.skip();
    }
  }

  /** Reads an object that holds the form of the response in its field {@code format}. */
  protected final void formatWithin() {
    if (in.peek() != Kind.OBJECT) {
      in.skip();
      return;
    }
    in.beginObject();
    while (in.nextField()) {
      if (in.keyIs("format")) {
        format("schema");
      } else {
        in.skip();
      }
    }
  }

  /** Reads the temperature. */
  protected final void temperature() {
    if (in.peek() == Kind.NUMBER) {
      coldest = in.isZero();
    } else {
      in.skip();
    }
  }

  /** Reads a field that asks for a capability unless it is null. */
  protected final void need(Capability capability) {
    if (in.peek() != Kind.NULL) {
      needs.add(capability);
    }
    in.skip();
  }

  /** Notes that a target must have a capability. */
  protected final void needs(Capability capability) {
    needs.add(capability);
  }

  protected final void reject(String code, String message, String param) {
    if (rejected == null) {
      rejected = new ParseResult.Rejected(code, message, param);
    }
  }
}
