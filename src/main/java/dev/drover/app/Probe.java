package dev.drover.app;

import dev.drover.catalog.Provider;
import dev.drover.catalog.Target;
import dev.drover.credential.Credential;
import dev.drover.credential.ProviderCredential;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseReader;
import dev.drover.dialect.UpstreamRequest;
import dev.drover.record.Outcome;
import dev.drover.types.Bytes;
import dev.drover.types.NanoDollars;
import dev.drover.types.Usage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a target's provider for a sign of life, past Envoy: the list of its models, which costs
 * nothing, or an answer of one token to a prompt of one word, which costs about ten tokens. Blocks.
 */
public final class Probe implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * The result of a probe.
   *
   * @param outcome null when it says nothing of the target: Drover could not ask
   * @param status the HTTP status; 0 when the provider did not answer at all
   * @param detail a description in a few words
   * @param usage the usage of the response
   * @param cost the cost of the response, at the target's price
   */
  public record Result(
      @Nullable Outcome outcome, int status, String detail, Usage usage, NanoDollars cost) {
    /** Returns whether the provider rejected the key. */
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

  /** Asks for the list of models. */
  public Result models(Target target, @Nullable ProviderCredential key)
      throws InterruptedException {
    Provider provider = target.provider();
    return send(
        target,
        key,
        provider.api().listModels(provider.path(provider.api(), target.model())),
        false);
  }

  /** Asks for one token. */
  Result completion(Target target, @Nullable ProviderCredential key) throws InterruptedException {
    Provider provider = target.provider();
    UpstreamRequest request =
        provider.api().oneToken(provider.path(provider.api(), target.model()), target.model());
    return send(target, key, request, true);
  }

  private static HttpRequest request(
      Provider provider, @Nullable ProviderCredential key, UpstreamRequest unsigned) {
    Credential credential = key == null ? null : key.current();
    UpstreamRequest last =
        new UpstreamRequest(
            unsigned.method(),
            provider.withQuery(unsigned.path()),
            unsigned.headers(),
            unsigned.body());
    UpstreamRequest upstream =
        credential == null ? last : credential.authorize(last, provider.authority(), Instant.now());
    URI url =
        URI.create(
            (provider.tls() ? "https://" : "http://") + provider.authority() + upstream.path());
    HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(PATIENCE);
    provider.headers().forEach(request::header);
    upstream.headers().forEach(request::setHeader);
    byte[] body =
        upstream.body() instanceof UpstreamRequest.Body.Rope(List<Bytes> parts)
            ? Bytes.join(parts).toArray()
            : new byte[0];
    return request
        .method(
            upstream.method(),
            body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
        .build();
  }

  private Result send(
      Target target, @Nullable ProviderCredential key, UpstreamRequest request, boolean counted)
      throws InterruptedException {
    try {
      HttpResponse<byte[]> response =
          client.send(request(target.provider(), key, request), BodyHandlers.ofByteArray());
      int status = response.statusCode();
      Usage usage = counted ? usage(target, response) : Usage.NONE;
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

  private static Usage usage(Target target, HttpResponse<byte[]> answer) {
    ResponseHead head =
        new ResponseHead(
            answer.statusCode(), answer.headers().firstValue("content-type").orElse(""), "");
    try (ResponseReader reader = target.provider().api().chatReader(head)) {
      reader.read(Bytes.of(answer.body()), true);
      Usage usage = reader.facts(true).usage();
      return usage == null ? Usage.NONE : usage.withStatus(Usage.Status.COMPLETE);
    }
  }
}
