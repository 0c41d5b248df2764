package dev.drover.dialect.responses;

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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The client side of OpenAI's Responses API. Immutable. */
public final class ResponsesClient implements ClientApi {
  static final String NAME = "responses";

  static final Operation RESPONSES = operation("chat", "/responses", Operation.Kind.CHAT);
  static final Operation COUNT =
      operation("count_tokens", "/responses/input_tokens", Operation.Kind.COUNT);
  static final Operation COMPACT =
      operation("compact", "/responses/compact", Operation.Kind.GENERATION);

  private static final String ONE = "/responses/{id}";
  static final Operation CANCEL =
      operation("cancel_response", ONE + "/cancel", Operation.Kind.STORED);
  static final Operation GET = stored("get_response", "GET", ONE);
  static final Operation DELETE = stored("delete_response", "DELETE", ONE);
  static final Operation ITEMS = stored("list_input_items", "GET", ONE + "/input_items");

  private static final NamePatterns FORWARDED =
      NamePatterns.of(
          Set.of(
              "openai-*",
              "x-stainless-*",
              "x-codex-*",
              "x-openai-internal-codex-*",
              "originator",
              "session-id",
              "session_id",
              "thread-id",
              "conversation_id",
              "x-client-request-id"));

  private static final List<Operation> OPERATIONS =
      List.of(RESPONSES, COUNT, COMPACT, CANCEL, GET, DELETE, ITEMS);

  private static Operation stored(String name, String method, String suffix) {
    return new Operation(
        name, method, PathTemplate.of("/v1" + suffix), suffix, Operation.Kind.STORED);
  }

  private static Operation operation(String name, String suffix, Operation.Kind kind) {
    return new Operation(name, "POST", PathTemplate.of("/v1" + suffix), suffix, kind);
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
    return operation.kind() == Operation.Kind.STORED
        ? new ParseResult.Read(RequestFacts.stored(operation, variables.getOrDefault("id", "")))
        : new ResponsesScan(operation, body).read();
  }

  @Override
  public ChatRequest read(RequestFacts facts, Json body, Losses losses) {
    return new ResponsesReader(body, losses).read();
  }

  @Override
  public ResponseEncoder encoder(ResponseContext context) {
    return new ResponsesEncoder(context);
  }

  @Override
  public @Nullable String session(UnaryOperator<String> headers) {
    String session = headers.apply("session-id");
    return session.isEmpty() ? null : session;
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
    return Set.of("model", "stream", "metadata", "user", "safety_identifier", "client_metadata");
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
    return JsonOut.object(
        out -> out.put("object", "response.input_tokens").put("input_tokens", tokens));
  }

  @Override
  public Map<String, String> limitHeaders(List<RateLimit> limits, Instant now) {
    return OpenAiForms.limitHeaders(limits);
  }
}
