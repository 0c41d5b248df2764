package dev.drover.dialect.openai;

import dev.drover.dialect.ClientApi;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.PathTemplate;
import dev.drover.dialect.RateLimit;
import dev.drover.json.JsonText;
import dev.drover.types.Bytes;
import dev.drover.types.NamePatterns;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The client side of the API that OpenAI defined and most clients speak. Immutable. */
public final class OpenAiClient implements ClientApi {
  static final String NAME = "openai";
  static final Operation CHAT = operation("chat", "POST", "/chat/completions", true, true);
  static final Operation COMPLETIONS =
      operation("text_completion", "POST", "/completions", true, true);
  static final Operation EMBEDDINGS = operation("embeddings", "POST", "/embeddings", true, false);
  static final Operation MODELS = operation("models", "GET", "/models", false, false);

  /** OpenAI's client libraries describe themselves in {@code x-stainless-*}. */
  private static final NamePatterns FORWARDED =
      NamePatterns.of(Set.of("openai-*", "x-stainless-*"));

  private static final List<Operation> OPERATIONS = List.of(CHAT, COMPLETIONS, EMBEDDINGS, MODELS);

  private static Operation operation(
      String name, String method, String suffix, boolean takesBody, boolean generates) {
    return new Operation(
        name, method, PathTemplate.of("/v1" + suffix), suffix, takesBody, generates);
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
  public ParseResult parse(Operation operation, Bytes body) {
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
  public Bytes error(int status, String code, String message, @Nullable String param) {
    String type =
        switch (status) {
          case 400, 404, 405, 413, 415 -> "invalid_request_error";
          case 401 -> "authentication_error";
          case 403 -> "permission_error";
          case 429 -> "rate_limit_error";
          default -> "server_error";
        };
    return Bytes.utf8(
        "{\"error\":{\"message\":%s,\"type\":\"%s\",\"param\":%s,\"code\":%s}}"
            .formatted(
                JsonText.quote(message),
                type,
                param == null ? "null" : JsonText.quote(param),
                JsonText.quote(code)));
  }

  @Override
  public Bytes modelList(Collection<String> models) {
    return Bytes.utf8(
        models.stream()
            .map(
                model ->
                    "{\"id\":%s,\"object\":\"model\",\"created\":0,\"owned_by\":\"drover\"}"
                        .formatted(JsonText.quote(model)))
            .collect(Collectors.joining(",", "{\"object\":\"list\",\"data\":[", "]}")));
  }

  @Override
  public Map<String, String> limitHeaders(List<RateLimit> limits) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (RateLimit limit : limits) {
      headers.put("x-ratelimit-limit-" + limit.unit(), Long.toString(limit.limit()));
      headers.put("x-ratelimit-remaining-" + limit.unit(), Long.toString(limit.remaining()));
      headers.put("x-ratelimit-reset-" + limit.unit(), limit.resetSeconds() + "s");
    }
    return headers;
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
