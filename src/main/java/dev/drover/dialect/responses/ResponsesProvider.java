package dev.drover.dialect.responses;

import dev.drover.dialect.Edit;
import dev.drover.dialect.GunzipReader;
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
import dev.drover.json.JsonText;
import dev.drover.types.Bytes;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The provider side of OpenAI's Responses API. Immutable. */
public final class ResponsesProvider implements ProviderApi {
  /** The least bound on output that the API takes. */
  private static final long LEAST_OUTPUT = 16;

  @Override
  public String name() {
    return ResponsesClient.NAME;
  }

  @Override
  public UpstreamRequest.Body fit(RequestFacts facts, Bytes body, String model, boolean askUsage) {
    return model.equals(facts.model())
        ? UpstreamRequest.UNCHANGED
        : new UpstreamRequest.Body.Rope(
            Edit.apply(body, List.of(Edit.replace(facts.modelSpan(), JsonText.quote(model)))));
  }

  @Override
  public UpstreamRequest encode(
      ChatRequest request, TargetModel target, String basePath, Losses losses) {
    Bytes body = new ResponsesWriter(request, target, losses).write();
    return new UpstreamRequest(
        "POST",
        basePath + ResponsesClient.RESPONSES.suffix(),
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
        new UntypedResponse(new ResponsesOutput(), head.eventStream(), generates, false);
    return head.gzip() ? new GunzipReader(reader, false) : reader;
  }

  @Override
  public ResponseDecoder decoder(ChatStream out, ResponseContext context) {
    return new ResponsesDecoder(out);
  }

  @Override
  public GatewayError error(int status, Json body) {
    return ResponsesDecoder.error(status, body);
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
            out ->
                out.put("model", model)
                    .put("input", "ping")
                    .put("max_output_tokens", LEAST_OUTPUT)
                    .put("store", false));
    return new UpstreamRequest(
        "POST",
        basePath + ResponsesClient.RESPONSES.suffix(),
        Map.of("content-type", "application/json"),
        new UpstreamRequest.Body.Rope(List.of(body)));
  }

  @Override
  public ResponseReader chatReader(ResponseHead head) {
    return reader(true, head);
  }
}
