package dev.drover.dialect.gemini;

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
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The client side of Google's Gemini API. Immutable. */
public final class GeminiClient implements ClientApi {
  static final String NAME = "gemini";
  static final String GENERATE = "/models/{model}:generateContent";
  static final String STREAM = "/models/{model}:streamGenerateContent";
  static final String COUNT = "/models/{model}:countTokens";

  private static final String VERTEX =
      "/v1/projects/{project}/locations/{location}/publishers/{publisher}";

  private static final NamePatterns FORWARDED = NamePatterns.of(Set.of("x-goog-api-client"));

  private static final List<Operation> OPERATIONS = operations("/v1beta", "/v1", VERTEX);

  private static List<Operation> operations(String... bases) {
    List<Operation> all = new ArrayList<>();
    for (String base : bases) {
      all.add(post("generate_content", base, GENERATE, Operation.Kind.CHAT));
      all.add(post("generate_content", base, STREAM, Operation.Kind.CHAT));
      all.add(post("count_tokens", base, COUNT, Operation.Kind.COUNT));
    }
    PathTemplate list = PathTemplate.of("/v1beta/models");
    PathTemplate one = PathTemplate.of("/v1beta/models/{model}");
    all.add(new Operation("models", "GET", list, "/models", Operation.Kind.ANSWERED));
    all.add(new Operation("model", "GET", one, "/models/{model}", Operation.Kind.ANSWERED));
    return List.copyOf(all);
  }

  private static Operation post(String name, String base, String suffix, Operation.Kind kind) {
    return new Operation(name, "POST", PathTemplate.of(base + suffix), suffix, kind);
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
    String named = variables.getOrDefault("model", "");
    String model = URLDecoder.decode(named.replace("+", "%2B"), StandardCharsets.UTF_8);
    return new GeminiScan(operation, body, model, operation.suffix().equals(STREAM)).read();
  }

  @Override
  public ChatRequest read(RequestFacts facts, Json body, Losses losses) {
    return new GeminiReader(body, facts.stream(), losses).read();
  }

  @Override
  public ResponseEncoder encoder(ResponseContext context) {
    return new GeminiEncoder(context);
  }

  @Override
  public Set<String> credentialHeaders() {
    return Set.of("authorization", "x-goog-api-key", "x-goog-user-project");
  }

  @Override
  public NamePatterns forwardedHeaders() {
    return FORWARDED;
  }

  @Override
  public Set<String> fieldsWithoutEffect() {
    return Set.of("labels");
  }

  @Override
  public Bytes error(int status, String code, String message, @Nullable String param) {
    return errorBody(status, message);
  }

  static Bytes errorBody(int status, String message) {
    String name =
        switch (status) {
          case 400, 413, 415, 422, 431 -> "INVALID_ARGUMENT";
          case 401 -> "UNAUTHENTICATED";
          case 403 -> "PERMISSION_DENIED";
          case 404 -> "NOT_FOUND";
          case 429 -> "RESOURCE_EXHAUSTED";
          case 503, 529 -> "UNAVAILABLE";
          case 504 -> "DEADLINE_EXCEEDED";
          default -> "INTERNAL";
        };
    return JsonOut.object(
        out ->
            out.object(
                "error",
                error ->
                    error.put("code", (long) status).put("message", message).put("status", name)));
  }

  @Override
  public Bytes modelList(List<ModelInfo> models) {
    return JsonOut.object(
        out -> out.array("models", all -> models.forEach(model -> all.add(m -> model(m, model)))));
  }

  @Override
  public Bytes model(ModelInfo model) {
    return JsonOut.object(out -> model(out, model));
  }

  private static void model(JsonOut out, ModelInfo model) {
    out.put("name", "models/" + model.name()).put("displayName", model.name());
    if (model.contextWindow() > 0) {
      out.put("inputTokenLimit", (long) model.contextWindow());
    }
    out.array("supportedGenerationMethods", all -> all.add("generateContent").add("countTokens"));
  }

  @Override
  public Bytes tokenCount(long tokens) {
    return JsonOut.object(out -> out.put("totalTokens", tokens));
  }

  @Override
  public Map<String, String> limitHeaders(List<RateLimit> limits, Instant now) {
    return OpenAiForms.limitHeaders(limits);
  }
}
