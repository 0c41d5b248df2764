package dev.drover.dialect.anthropic;

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
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The provider side of Anthropic's Messages API. Immutable. */
public final class AnthropicProvider implements ProviderApi {
  private static final String VERSION_HEADER = "anthropic-version";
  private static final String VERSION = "2023-06-01";

  @Override
  public String name() {
    return AnthropicClient.NAME;
  }

  @Override
  public String auth() {
    return "x-api-key";
  }

  @Override
  public Set<String> ownHeaders() {
    return Set.of(VERSION_HEADER);
  }

  @Override
  public String versionPath() {
    return "/v1";
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
    Bytes body = new MessagesWriter(request, target, losses).write();
    return new UpstreamRequest(
        "POST",
        basePath + AnthropicClient.MESSAGES.suffix(),
        Map.of(VERSION_HEADER, VERSION),
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
        new UntypedResponse(new MessagesOutput(), head.eventStream(), generates, false);
    return head.gzip() ? new GunzipReader(reader, false) : reader;
  }

  @Override
  public ResponseDecoder decoder(ChatStream out, ResponseContext context) {
    return new MessagesDecoder(out);
  }

  @Override
  public GatewayError error(int status, Json body) {
    return MessagesDecoder.error(status, body);
  }

  /** A limit that is used up says when it is there again, which {@code retry-after} may not. */
  @Override
  public long backoffNanos(UnaryOperator<String> headers, InstantSource wall) {
    long asked = RetryAfter.nanos(headers, wall);
    if (asked >= 0) {
      return asked;
    }
    long longest = -1;
    for (String unit : List.of("requests", "tokens", "input-tokens", "output-tokens")) {
      String name = "anthropic-ratelimit-" + unit;
      if (headers.apply(name + "-remaining").strip().equals("0")) {
        longest = Math.max(longest, until(headers.apply(name + "-reset").strip(), wall));
      }
    }
    return longest;
  }

  private static long until(String time, InstantSource wall) {
    try {
      Duration wait = Duration.between(wall.instant(), Instant.parse(time));
      return Math.clamp(wait.toSeconds(), 0, Duration.ofHours(1).toSeconds()) * 1_000_000_000L;
    } catch (DateTimeException _) {
      return -1;
    }
  }

  @Override
  public UpstreamRequest listModels(String basePath) {
    return new UpstreamRequest(
        "GET",
        basePath + AnthropicClient.MODELS.suffix(),
        Map.of(VERSION_HEADER, VERSION),
        UpstreamRequest.UNCHANGED);
  }

  @Override
  public UpstreamRequest oneToken(String basePath, String model) {
    Bytes body =
        JsonOut.object(
            out -> {
              out.put("model", model).put("max_tokens", 1L);
              out.array(
                  "messages",
                  all -> all.add(message -> message.put("role", "user").put("content", "ping")));
            });
    return new UpstreamRequest(
        "POST",
        basePath + AnthropicClient.MESSAGES.suffix(),
        Map.of("content-type", "application/json", VERSION_HEADER, VERSION),
        new UpstreamRequest.Body.Rope(List.of(body)));
  }

  @Override
  public ResponseReader chatReader(ResponseHead head) {
    return reader(true, head);
  }
}
