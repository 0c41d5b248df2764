package dev.drover.dialect.gemini;

import dev.drover.dialect.GunzipReader;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ProviderApi;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseReader;
import dev.drover.dialect.RetryAfter;
import dev.drover.dialect.TargetModel;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.dialect.chat.ChatRequest;
import dev.drover.dialect.chat.ChatStream;
import dev.drover.dialect.chat.GatewayError;
import dev.drover.dialect.chat.Losses;
import dev.drover.dialect.chat.ResponseContext;
import dev.drover.dialect.chat.ResponseDecoder;
import dev.drover.dialect.response.UntypedResponse;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The provider side of Google's Gemini API. Immutable. */
public final class GeminiProvider implements ProviderApi {
  private static final String VARIABLE = "{model}";

  @Override
  public boolean statesTier() {
    return false;
  }

  @Override
  public boolean serves(String model) {
    return !model.contains("claude");
  }

  @Override
  public String name() {
    return GeminiClient.NAME;
  }

  @Override
  public String versionPath() {
    return "/v1beta";
  }

  @Override
  public String auth() {
    return "x-goog-api-key";
  }

  @Override
  public String path(Operation operation, String model, boolean stream) {
    return operation.suffix().replace(VARIABLE, model);
  }

  @Override
  public UpstreamRequest.Body fit(RequestFacts facts, Bytes body, String model, boolean askUsage) {
    return UpstreamRequest.UNCHANGED;
  }

  @Override
  public UpstreamRequest encode(
      ChatRequest request, TargetModel target, String basePath, Losses losses) {
    Bytes body = new GeminiWriter(request, target, losses).write();
    String path = request.stream() ? GeminiClient.STREAM + "?alt=sse" : GeminiClient.GENERATE;
    return new UpstreamRequest(
        "POST",
        basePath + path.replace(VARIABLE, target.model()),
        Map.of(),
        new UpstreamRequest.Body.Rope(List.of(body)));
  }

  @Override
  public ResponseReader reader(RequestFacts facts, ResponseHead head, boolean dropUsage) {
    return reader(facts.operation().generates(), head);
  }

  private static ResponseReader reader(boolean generates, ResponseHead head) {
    if (!head.ok()) {
      return ResponseReader.none();
    }
    if (!head.readable()) {
      return ResponseReader.unread();
    }
    ResponseReader reader =
        new UntypedResponse(new GeminiOutput(), head.eventStream(), generates, false);
    return head.gzip() ? new GunzipReader(reader, false) : reader;
  }

  @Override
  public ResponseDecoder decoder(ChatStream out, ResponseContext context) {
    return new GeminiDecoder(out, context);
  }

  @Override
  public GatewayError error(int status, Json body) {
    return GeminiDecoder.error(status, body);
  }

  @Override
  public long backoffNanos(UnaryOperator<String> headers, InstantSource wall) {
    return RetryAfter.nanos(headers, wall);
  }

  @Override
  public UpstreamRequest listModels(String basePath) {
    return new UpstreamRequest("GET", basePath + "/models", Map.of(), UpstreamRequest.UNCHANGED);
  }

  @Override
  public UpstreamRequest oneToken(String basePath, String model) {
    Bytes body =
        JsonOut.object(
            out -> {
              out.array(
                  "contents",
                  all ->
                      all.add(
                          content -> {
                            content.put("role", "user");
                            content.array("parts", p -> p.add(part -> part.put("text", "ping")));
                          }));
              out.object("generationConfig", settings -> settings.put("maxOutputTokens", 1L));
            });
    return new UpstreamRequest(
        "POST",
        basePath + GeminiClient.GENERATE.replace(VARIABLE, model),
        Map.of("content-type", "application/json"),
        new UpstreamRequest.Body.Rope(List.of(body)));
  }

  @Override
  public ResponseReader chatReader(ResponseHead head) {
    return reader(true, head);
  }
}
