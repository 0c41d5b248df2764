package dev.drover.dialect.anthropic;

import dev.drover.dialect.ClientApi;
import dev.drover.dialect.ModelInfo;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.PathTemplate;
import dev.drover.dialect.RateLimit;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.chat.ChatRequest;
import dev.drover.dialect.chat.Losses;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ResponseEncoder;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import dev.drover.types.NamePatterns;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The client side of Anthropic's Messages API. Immutable. */
public final class AnthropicClient implements ClientApi {
  static final String NAME = "anthropic";

  /** The API of signatures that stand for thoughts which are not shown. */
  static final String REDACTED = "anthropic-redacted";

  static final Operation MESSAGES = operation("chat", "POST", "/messages", Operation.Kind.CHAT);
  static final Operation COUNT =
      operation("count_tokens", "POST", "/messages/count_tokens", Operation.Kind.COUNT);
  static final Operation MODELS = operation("models", "GET", "/models", Operation.Kind.ANSWERED);
  static final Operation MODEL =
      operation("model", "GET", "/models/{model}", Operation.Kind.ANSWERED);

  /** Anthropic's client libraries describe themselves in {@code x-stainless-*}. */
  private static final NamePatterns FORWARDED =
      NamePatterns.of(Set.of("anthropic-*", "x-claude-code-*", "x-app", "x-stainless-*"));

  private static final List<Operation> OPERATIONS = List.of(MESSAGES, COUNT, MODELS, MODEL);

  private static Operation operation(
      String name, String method, String suffix, Operation.Kind kind) {
    return new Operation(name, method, PathTemplate.of("/v1" + suffix), suffix, kind);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Operation> operations() {
    return OPERATIONS;
  }

  @Override
  public boolean isSpoken(UnaryOperator<String> headers) {
    return !headers.apply("anthropic-version").isEmpty();
  }

  @Override
  public ParseResult parse(Operation operation, Map<String, String> variables, Bytes body) {
    return new MessagesScan(operation, body).read();
  }

  @Override
  public ChatRequest read(RequestFacts facts, Json body, Losses losses) {
    return new MessagesReader(body, losses).read();
  }

  @Override
  public ResponseEncoder encoder(ResponseContext context) {
    return context.stream() ? new MessagesEncoder(context) : new MessageDocument(context);
  }

  @Override
  public Set<String> credentialHeaders() {
    return Set.of("authorization", "x-api-key");
  }

  @Override
  public NamePatterns forwardedHeaders() {
    return FORWARDED;
  }

  @Override
  public Set<String> fieldsWithoutEffect() {
    return Set.of("model", "stream", "metadata");
  }

  @Override
  public @Nullable String session(UnaryOperator<String> headers) {
    String session = headers.apply("x-claude-code-session-id");
    return session.isEmpty() ? null : session;
  }

  @Override
  public Bytes error(int status, String code, String message, @Nullable String param) {
    return errorBody(status, message);
  }

  static Bytes errorBody(int status, String message) {
    return JsonOut.object(
        out ->
            out.put("type", "error")
                .object(
                    "error",
                    error ->
                        error.put("type", MessageForm.errorType(status)).put("message", message)));
  }

  @Override
  public Bytes modelList(List<ModelInfo> models) {
    return JsonOut.object(
        out -> {
          out.array("data", data -> models.forEach(model -> data.add(m -> model(m, model))));
          out.put("has_more", false);
          if (models.isEmpty()) {
            out.putNull("first_id").putNull("last_id");
          } else {
            out.put("first_id", models.getFirst().name());
            out.put("last_id", models.getLast().name());
          }
        });
  }

  @Override
  public Bytes model(ModelInfo model) {
    return JsonOut.object(out -> model(out, model));
  }

  private static void model(JsonOut out, ModelInfo model) {
    out.put("type", "model").put("id", model.name()).put("display_name", model.name());
    out.put("created_at", Instant.EPOCH.toString());
    if (model.contextWindow() > 0) {
      out.put("max_input_tokens", (long) model.contextWindow());
    }
  }

  @Override
  public Bytes tokenCount(long tokens) {
    return JsonOut.object(out -> out.put("input_tokens", tokens));
  }

  @Override
  public int status(int ofProvider) {
    return ofProvider;
  }

  @Override
  public Map<String, String> limitHeaders(List<RateLimit> limits, Instant now) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (RateLimit limit : limits) {
      String name = "anthropic-ratelimit-" + limit.unit();
      headers.put(name + "-limit", Long.toString(limit.limit()));
      headers.put(name + "-remaining", Long.toString(limit.remaining()));
      Instant reset = Instant.ofEpochSecond(now.getEpochSecond() + limit.resetSeconds());
      headers.put(name + "-reset", reset.toString());
    }
    return headers;
  }
}
