package dev.drover.dialect.anthropic;

import dev.drover.dialect.EventFramer;
import dev.drover.dialect.Operation;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseReader;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.dialect.response.FramedResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/**
 * Bedrock's InvokeModel with Anthropic's models. Features that want a beta are left out: Bedrock
 * takes betas in the body, and not all of them. Immutable.
 */
public final class BedrockInvokeProvider extends HostedProvider {
  private static final int MOST_EVENT_BYTES = 8 << 20;

  public BedrockInvokeProvider() {
    super(
        "bedrock-2023-05-31",
        Set.of(
            "model", "stream", "context_management", "container", "mcp_servers", "service_tier"));
  }

  @Override
  public String name() {
    return "bedrock-anthropic";
  }

  @Override
  public String auth() {
    return "bearer";
  }

  @Override
  String messages(String model, boolean stream) {
    String id = URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
    return "/model/" + id + (stream ? "/invoke-with-response-stream" : "/invoke");
  }

  @Override
  public boolean serves(Operation operation) {
    return operation.generates();
  }

  @Override
  public String path(Operation operation, String model, boolean stream) {
    return messages(model, stream);
  }

  @Override
  public Map<String, String> responseHeaders(ResponseHead head) {
    return head.eventFrames() ? Map.of("content-type", "text/event-stream") : Map.of();
  }

  @Override
  public EventFramer framer(EventFramer.Sink sink, int maxEventBytes) {
    return new InvokeFrames(sink, maxEventBytes);
  }

  @Override
  public ResponseReader reader(RequestFacts facts, ResponseHead head, boolean dropUsage) {
    return head.ok() && head.eventFrames() ? new InvokeStream() : super.reader(facts, head, false);
  }

  @Override
  public ResponseReader chatReader(ResponseHead head) {
    return head.ok() && head.eventFrames()
        ? new FramedResponse(sink -> new InvokeFrames(sink, MOST_EVENT_BYTES), new MessagesOutput())
        : super.chatReader(head);
  }

  @Override
  public UpstreamRequest listModels(String basePath) {
    return new UpstreamRequest("GET", basePath + "/ping", Map.of(), UpstreamRequest.UNCHANGED);
  }
}
