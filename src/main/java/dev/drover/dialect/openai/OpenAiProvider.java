package dev.drover.dialect.openai;

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
import dev.drover.json.JsonText;
import dev.drover.types.Bytes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The provider side of the API that OpenAI defined and most providers copy. Immutable. */
public final class OpenAiProvider implements ProviderApi {
  @Override
  public String name() {
    return OpenAiClient.NAME;
  }

  @Override
  public UpstreamRequest.Body fit(RequestFacts facts, Bytes body, String model, boolean askUsage) {
    List<Edit> edits = new ArrayList<>(2);
    if (!model.equals(facts.model())) {
      edits.add(Edit.replace(facts.modelSpan(), JsonText.quote(model)));
    }
    if (askUsage && facts.streamUsage() != null) {
      edits.add(facts.streamUsage().edit());
    }
    if (edits.isEmpty()) {
      return UpstreamRequest.UNCHANGED;
    }
    edits.sort(Comparator.comparingInt(Edit::from));
    return new UpstreamRequest.Body.Rope(Edit.apply(body, edits));
  }

  @Override
  public UpstreamRequest encode(
      ChatRequest request, TargetModel target, String basePath, Losses losses) {
    Bytes body = new ChatWriter(request, target, losses).write();
    return new UpstreamRequest(
        "POST",
        basePath + OpenAiClient.CHAT.suffix(),
        Map.of(),
        new UpstreamRequest.Body.Rope(List.of(body)));
  }

  @Override
  public ResponseDecoder decoder(ChatStream out, ResponseContext context) {
    return new ChatDecoder(out);
  }

  @Override
  public GatewayError error(int status, Json body) {
    return ChatDecoder.error(status, body);
  }

  @Override
  public ResponseReader reader(RequestFacts facts, ResponseHead head, boolean dropUsage) {
    return reader(facts.operation().generates(), head, dropUsage);
  }

  private static ResponseReader reader(boolean generates, ResponseHead head, boolean dropUsage) {
    if (!head.ok()) {
      return ResponseReader.none();
    }
    if (!head.readable()) {
      return ResponseReader.unread();
    }
    ResponseReader reader =
        new UntypedResponse(new ChoiceScan(), head.eventStream(), generates, dropUsage);
    return head.gzip() ? new GunzipReader(reader, dropUsage) : reader;
  }

  @Override
  public long backoffNanos(UnaryOperator<String> headers, InstantSource wall) {
    return RetryAfter.nanos(headers, wall);
  }

  @Override
  public UpstreamRequest listModels(String basePath) {
    return new UpstreamRequest(
        "GET", basePath + OpenAiClient.MODELS.suffix(), Map.of(), UpstreamRequest.UNCHANGED);
  }

  @Override
  public UpstreamRequest oneToken(String basePath, String model) {
    return new UpstreamRequest(
        "POST",
        basePath + OpenAiClient.CHAT.suffix(),
        Map.of("content-type", "application/json"),
        new UpstreamRequest.Body.Rope(
            List.of(
                Bytes.utf8(
                    "{\"model\":%s,\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"ping\"}]}"
                        .formatted(JsonText.quote(model))))));
  }

  @Override
  public ResponseReader chatReader(ResponseHead head) {
    return reader(true, head, false);
  }
}
