package dev.drover.dialect.bedrock;

import dev.drover.dialect.EventFramer;
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
import dev.drover.dialect.eventstream.EventFrames;
import dev.drover.dialect.response.FramedResponse;
import dev.drover.dialect.response.UntypedResponse;
import dev.drover.json.Json;
import dev.drover.json.JsonOut;
import dev.drover.types.Bytes;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Bedrock's Converse API. No client speaks it to Drover. Immutable. */
public final class BedrockProvider implements ProviderApi {
  static final String NAME = "bedrock";
  private static final int MOST_EVENT_BYTES = 8 << 20;

  @Override
  public String name() {
    return NAME;
  }

  private static String path(String basePath, String model, String operation) {
    String id = URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
    return basePath + "/model/" + id + operation;
  }

  @Override
  public UpstreamRequest.Body fit(RequestFacts facts, Bytes body, String model, boolean askUsage) {
    return UpstreamRequest.UNCHANGED; // no client speaks the API
  }

  @Override
  public UpstreamRequest encode(
      ChatRequest request, TargetModel target, String basePath, Losses losses) {
    Bytes body = new ConverseWriter(request, target, losses).write();
    return new UpstreamRequest(
        "POST",
        path(basePath, target.model(), request.stream() ? "/converse-stream" : "/converse"),
        Map.of(),
        new UpstreamRequest.Body.Rope(List.of(body)));
  }

  @Override
  public EventFramer framer(EventFramer.Sink sink, int maxEventBytes) {
    return new EventFrames(sink, maxEventBytes);
  }

  @Override
  public ResponseReader reader(RequestFacts facts, ResponseHead head, boolean dropUsage) {
    return chatReader(head);
  }

  @Override
  public ResponseReader chatReader(ResponseHead head) {
    if (!head.ok()) {
      return ResponseReader.none();
    }
    if (!head.readable()) {
      return ResponseReader.unread();
    }
    if (head.eventFrames()) {
      return new FramedResponse(
          sink -> new EventFrames(sink, MOST_EVENT_BYTES), new ConverseOutput());
    }
    ResponseReader reader = new UntypedResponse(new ConverseOutput(), false, true, false);
    return head.gzip() ? new GunzipReader(reader, false) : reader;
  }

  @Override
  public ResponseDecoder decoder(ChatStream out, ResponseContext context) {
    return new ConverseDecoder(out, context.id());
  }

  @Override
  public GatewayError error(int status, Json body) {
    return ConverseDecoder.error(status, body);
  }

  @Override
  public long backoffNanos(UnaryOperator<String> headers, InstantSource wall) {
    return RetryAfter.nanos(headers, wall);
  }

  /** Asks for what any host answers: the list of models is at another one. */
  @Override
  public UpstreamRequest listModels(String basePath) {
    return new UpstreamRequest("GET", basePath + "/ping", Map.of(), UpstreamRequest.UNCHANGED);
  }

  @Override
  public UpstreamRequest oneToken(String basePath, String model) {
    Bytes body =
        JsonOut.object(
            out -> {
              out.array(
                  "messages",
                  all ->
                      all.add(
                          message -> {
                            message.put("role", "user");
                            message.array("content", c -> c.add(b -> b.put("text", "ping")));
                          }));
              out.object("inferenceConfig", settings -> settings.put("maxTokens", 1L));
            });
    return new UpstreamRequest(
        "POST",
        path(basePath, model, "/converse"),
        Map.of("content-type", "application/json"),
        new UpstreamRequest.Body.Rope(List.of(body)));
  }
}
