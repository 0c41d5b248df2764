package dev.drover.dialect.anthropic;

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
import dev.drover.json.Json;
import dev.drover.types.Bytes;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A cloud that hosts Anthropic's models behind paths of its own. Immutable. */
abstract class HostedProvider implements ProviderApi {
  private final AnthropicProvider api = new AnthropicProvider();
  private final String version;
  private final Set<String> left;

  /**
   * @param version of the API, as the cloud names it
   * @param left names of top-level members that the cloud does not take
   */
  HostedProvider(String version, Set<String> left) {
    this.version = version;
    this.left = left;
  }

  @Override
  public final String clientApi() {
    return AnthropicClient.NAME;
  }

  /** Returns whether a model is one of Anthropic's, by the name that clouds give it. */
  @Override
  public final boolean serves(String model) {
    return model.contains("claude");
  }

  /** Returns the path of a request for messages. */
  abstract String messages(String model, boolean stream);

  @Override
  public String query(String clients) {
    return ""; // what Anthropic's own endpoint understands
  }

  @Override
  public UpstreamRequest.Body fit(RequestFacts facts, Bytes body, String model, boolean askUsage) {
    return facts.operation().generates()
        ? new UpstreamRequest.Body.Rope(HostedBody.of(body, version, left))
        : api.fit(facts, body, model, askUsage);
  }

  @Override
  public UpstreamRequest encode(
      ChatRequest request, TargetModel target, String basePath, Losses losses) {
    Bytes body = new MessagesWriter(request, target, losses).write();
    return new UpstreamRequest(
        "POST",
        basePath + messages(target.model(), request.stream()),
        Map.of(),
        new UpstreamRequest.Body.Rope(HostedBody.of(body, version, left)));
  }

  @Override
  public ResponseReader reader(RequestFacts facts, ResponseHead head, boolean dropUsage) {
    return api.reader(facts, head, dropUsage);
  }

  @Override
  public ResponseReader chatReader(ResponseHead head) {
    return api.chatReader(head);
  }

  @Override
  public ResponseDecoder decoder(ChatStream out, ResponseContext context) {
    return api.decoder(out, context);
  }

  @Override
  public GatewayError error(int status, Json body) {
    return api.error(status, body);
  }

  @Override
  public long backoffNanos(UnaryOperator<String> headers, InstantSource wall) {
    return RetryAfter.nanos(headers, wall);
  }

  @Override
  public UpstreamRequest oneToken(String basePath, String model) {
    UpstreamRequest own = api.oneToken("", model);
    Bytes body = Bytes.join(own.body().parts(Bytes.EMPTY));
    return new UpstreamRequest(
        "POST",
        basePath + messages(model, false),
        Map.of("content-type", "application/json"),
        new UpstreamRequest.Body.Rope(List.copyOf(HostedBody.of(body, version, left))));
  }
}
