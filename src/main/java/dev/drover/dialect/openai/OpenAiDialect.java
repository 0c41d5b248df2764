package dev.drover.dialect.openai;

import dev.drover.dialect.Dialect;
import dev.drover.dialect.Edit;
import dev.drover.dialect.Endpoint;
import dev.drover.dialect.GunzipReader;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseReader;
import dev.drover.json.JsonText;
import dev.drover.types.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The API that OpenAI defined and most providers copy. Immutable. */
public final class OpenAiDialect implements Dialect {
  static final Endpoint CHAT = new Endpoint("chat", "POST", "/chat/completions", true, true);
  static final Endpoint COMPLETIONS =
      new Endpoint("text_completion", "POST", "/completions", true, true);
  static final Endpoint EMBEDDINGS = new Endpoint("embeddings", "POST", "/embeddings", true, false);
  static final Endpoint MODELS = new Endpoint("models", "GET", "/models", false, false);

  private static final String PREFIX = "/v1";
  private static final List<Endpoint> ENDPOINTS = List.of(CHAT, COMPLETIONS, EMBEDDINGS, MODELS);

  @Override
  public String name() {
    return "openai";
  }

  @Override
  public @Nullable Endpoint endpoint(String method, String path) {
    for (Endpoint endpoint : ENDPOINTS) {
      if (endpoint.method().equals(method) && matches(endpoint, path)) {
        return endpoint;
      }
    }
    return null;
  }

  @Override
  public Map<String, Endpoint> endpoints() {
    Map<String, Endpoint> byPath = new LinkedHashMap<>();
    ENDPOINTS.forEach(endpoint -> byPath.put(PREFIX + endpoint.suffix(), endpoint));
    return byPath;
  }

  @Override
  public boolean ownsPath(String path) {
    return ENDPOINTS.stream().anyMatch(endpoint -> matches(endpoint, path));
  }

  private static boolean matches(Endpoint endpoint, String path) {
    int query = path.indexOf('?');
    int length = query < 0 ? path.length() : query;
    return length == PREFIX.length() + endpoint.suffix().length()
        && path.startsWith(PREFIX)
        && path.startsWith(endpoint.suffix(), PREFIX.length());
  }

  @Override
  public ParseResult read(Endpoint endpoint, Bytes body) {
    return new RequestReader(endpoint, body).read();
  }

  @Override
  public List<Edit> edits(RequestFacts facts, String model, boolean askUsage) {
    List<Edit> edits = new ArrayList<>(2);
    if (!model.equals(facts.model())) {
      edits.add(Edit.replace(facts.modelSpan(), JsonText.quote(model)));
    }
    if (askUsage && facts.streamUsage() != null) {
      edits.add(facts.streamUsage().edit());
    }
    edits.sort(Comparator.comparingInt(Edit::from));
    return edits;
  }

  @Override
  public ResponseReader answer(RequestFacts facts, ResponseHead head, boolean dropUsage) {
    if (!head.ok()) {
      return ResponseReader.none();
    }
    if (!head.readable()) {
      return ResponseReader.unread();
    }
    boolean rewriting = dropUsage && head.eventStream();
    ResponseReader reader =
        head.eventStream()
            ? new StreamResponse(rewriting)
            : new JsonResponse(facts.endpoint().generates());
    return head.gzip() ? new GunzipReader(reader, rewriting) : reader;
  }

  @Override
  public @Nullable Bytes document(Bytes events) {
    return Replay.document(events);
  }

  @Override
  public @Nullable Bytes events(Bytes document, boolean usage) {
    return Replay.stream(document, usage);
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
}
