package dev.drover.dialect.openai;

import dev.drover.dialect.ClientApi;
import dev.drover.dialect.ModelInfo;
import dev.drover.dialect.OpenAiForms;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The client side of the API that OpenAI defined and most clients speak. Immutable. */
public final class OpenAiClient implements ClientApi {
  static final String NAME = "openai";
  static final Operation CHAT = operation("chat", "POST", "/chat/completions", Operation.Kind.CHAT);
  static final Operation COMPLETIONS =
      operation("text_completion", "POST", "/completions", Operation.Kind.GENERATION);
  static final Operation EMBEDDINGS =
      operation("embeddings", "POST", "/embeddings", Operation.Kind.EMBEDDING);
  static final Operation MODELS = operation("models", "GET", "/models", Operation.Kind.ANSWERED);
  static final Operation MODEL =
      operation("model", "GET", "/models/{model}", Operation.Kind.ANSWERED);

  /** OpenAI's client libraries describe themselves in {@code x-stainless-*}. */
  private static final NamePatterns FORWARDED =
      NamePatterns.of(Set.of("openai-*", "x-stainless-*"));

  private static final List<Operation> OPERATIONS =
      List.of(CHAT, COMPLETIONS, EMBEDDINGS, MODELS, MODEL);

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
  public ParseResult parse(Operation operation, Map<String, String> variables, Bytes body) {
    return new RequestReader(operation, body).read();
  }

  @Override
  public Set<String> credentialHeaders() {
    return Set.of("authorization", "api-key", "openai-organization", "openai-project");
  }

  @Override
  public NamePatterns forwardedHeaders() {
    return FORWARDED;
  }

  @Override
  public Set<String> fieldsWithoutEffect() {
    return Set.of("model", "stream", "stream_options", "metadata", "user");
  }

  @Override
  public ChatRequest read(RequestFacts facts, Json body, Losses losses) {
    return new ChatReader(body, losses).read();
  }

  @Override
  public ResponseEncoder encoder(ResponseContext context) {
    return context.stream() ? new ChatEncoder(context) : new ChatDocument(context);
  }

  @Override
  public Bytes error(int status, String code, String message, @Nullable String param) {
    return errorBody(status, code, message, param);
  }

  static Bytes errorBody(int status, String code, String message, @Nullable String param) {
    return OpenAiForms.error(status, code, message, param);
  }

  @Override
  public Bytes modelList(List<ModelInfo> models) {
    return OpenAiForms.modelList(models);
  }

  @Override
  public Bytes model(ModelInfo model) {
    return OpenAiForms.model(model);
  }

  @Override
  public Bytes tokenCount(long tokens) {
    return JsonOut.object(out -> out.put("input_tokens", tokens));
  }

  @Override
  public Map<String, String> limitHeaders(List<RateLimit> limits, Instant now) {
    return OpenAiForms.limitHeaders(limits);
  }

  @Override
  public @Nullable Bytes document(Bytes events) {
    return Replay.document(events);
  }

  @Override
  public @Nullable Bytes events(Bytes document, boolean usage) {
    return Replay.stream(document, usage);
  }
}
