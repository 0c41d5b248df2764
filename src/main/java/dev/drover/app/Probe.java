package dev.drover.app;

import dev.drover.catalog.Target;
import dev.drover.credential.Secret;
import dev.drover.dialect.Dialect;
import dev.drover.dialect.Edit;
import dev.drover.dialect.Endpoint;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.RequestFacts;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseReader;
import dev.drover.record.Outcome;
import dev.drover.types.Bytes;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a target's provider for a sign of life, past Envoy: the list of its models, which costs
 * nothing, or an answer of one token to a prompt of one word, which costs about ten tokens. Blocks.
 */
public final class Probe implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String PROMPT =
      "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"ping\"}]}";

  /**
   * What came of it.
   *
   * @param outcome null when it says nothing of the target: Drover could not ask
   * @param status the HTTP status; 0 when the provider did not answer at all
   * @param detail what happened, in a few words
   * @param usage of the answer
   * @param cost of the answer
   */
  public record Result(
      @Nullable Outcome outcome, int status, String detail, Usage usage, NanoDollars cost) {
    /** Whether the provider does not take the key. */
    public boolean keyRejected() {
      return outcome == Outcome.CREDENTIAL_REJECTED;
    }
  }

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  @Override
  public void close() {
    client.shutdownNow();
  }

  /** The list of models. */
  public Result models(Target target, @Nullable Secret key) throws InterruptedException {
    return send(target, request(target, key, "/models").GET().build(), null);
  }

  /** One token. */
  Result completion(Target target, @Nullable Secret key) throws InterruptedException {
    Dialect dialect = target.provider().dialect();
    Endpoint chat =
        dialect.endpoints().values().stream()
            .filter(endpoint -> endpoint.operation().equals("chat"))
            .findFirst()
            .orElseThrow();
    Bytes prompt = Bytes.utf8(PROMPT);
    if (!(dialect.read(chat, prompt) instanceof ParseResult.Read(RequestFacts facts))) {
      throw new IllegalStateException("probe: not a request of dialect " + dialect.name());
    }
    String body =
        Edit.apply(prompt, dialect.edits(facts, target.model(), false)).stream()
            .map(Bytes::text)
            .reduce("", String::concat);
    HttpRequest request =
        request(target, key, chat.suffix())
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return send(target, request, facts);
  }

  private static HttpRequest.Builder request(Target target, @Nullable Secret key, String suffix) {
    var provider = target.provider();
    URI url =
        URI.create(
            (provider.tls() ? "https://" : "http://")
                + provider.authority()
                + provider.basePath()
                + suffix);
    HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(PATIENCE);
    provider.headers().forEach(request::header);
    String value = key == null ? null : key.value();
    return value == null ? request : request.header("authorization", "Bearer " + value);
  }

  private Result send(Target target, HttpRequest request, @Nullable RequestFacts facts)
      throws InterruptedException {
    try {
      HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      int status = answer.statusCode();
      Usage usage = facts == null ? Usage.NONE : usage(target, facts, answer);
      return new Result(
          Outcome.ofStatus(status), status, "status " + status, usage, target.price().cost(usage));
    } catch (HttpTimeoutException _) {
      return failed(Outcome.TIMEOUT, "no answer within " + PATIENCE.toSeconds() + " s");
    } catch (SSLException e) {
      return failed(null, "TLS: " + e.getMessage());
    } catch (IOException e) {
      return failed(Outcome.FAILURE, "no connection: " + e.getClass().getSimpleName());
    }
  }

  private static Result failed(@Nullable Outcome outcome, String detail) {
    return new Result(outcome, 0, detail, Usage.NONE, NanoDollars.ZERO);
  }

  private static Usage usage(Target target, RequestFacts facts, HttpResponse<byte[]> answer) {
    ResponseHead head =
        new ResponseHead(
            answer.statusCode(), answer.headers().firstValue("content-type").orElse(""), "");
    try (ResponseReader reader = target.provider().dialect().answer(facts, head, false)) {
      reader.read(Bytes.of(answer.body()), true);
      Usage usage = reader.facts(true).usage();
      return usage == null ? Usage.NONE : usage.withStatus(Usage.Status.COMPLETE);
    }
  }
}
