package dev.drover.dialect;

import dev.drover.dialect.anthropic.AnthropicClient;
import dev.drover.dialect.anthropic.AnthropicProvider;
import dev.drover.dialect.anthropic.BedrockInvokeProvider;
import dev.drover.dialect.anthropic.VertexProvider;
import dev.drover.dialect.bedrock.BedrockProvider;
import dev.drover.dialect.gemini.GeminiClient;
import dev.drover.dialect.gemini.GeminiProvider;
import dev.drover.dialect.openai.OpenAiClient;
import dev.drover.dialect.openai.OpenAiProvider;
import dev.drover.dialect.responses.ResponsesClient;
import dev.drover.dialect.responses.ResponsesProvider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The closed registry of dialects. The only class that names the package of one. */
public final class Dialects {
  private static final List<Dialect> ALL =
      List.of(
          dialect(new OpenAiClient(), new OpenAiProvider()),
          dialect(new AnthropicClient(), new AnthropicProvider()),
          dialect(new ResponsesClient(), new ResponsesProvider()),
          dialect(new GeminiClient(), new GeminiProvider()),
          provider(new BedrockProvider()),
          provider(new BedrockInvokeProvider()),
          provider(new VertexProvider()));
  private static final List<ClientApi> CLIENTS =
      ALL.stream().map(Dialect::client).filter(Objects::nonNull).toList();
  private static final List<Operation> OPERATIONS =
      CLIENTS.stream()
          .flatMap(client -> client.operations().stream())
          .collect(
              Collectors.toMap(
                  Operation::path, Function.identity(), (first, _) -> first, LinkedHashMap::new))
          .values()
          .stream()
          .toList();

  private static final Set<String> CREDENTIAL_HEADERS =
      Stream.concat(
              Stream.of(
                  "authorization",
                  "proxy-authorization",
                  "x-api-key",
                  "api-key",
                  "x-goog-api-key",
                  "cookie",
                  "x-forwarded-client-cert"),
              CLIENTS.stream().flatMap(client -> client.credentialHeaders().stream()))
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<String> HEADERS_OF_PROVIDERS =
      ALL.stream()
          .flatMap(dialect -> dialect.provider().ownHeaders().stream())
          .collect(Collectors.toUnmodifiableSet());

  private Dialects() {}

  private static Dialect provider(ProviderApi provider) {
    return new Dialect(provider.name(), null, provider);
  }

  private static Dialect dialect(ClientApi client, ProviderApi provider) {
    return new Dialect(client.name(), client, provider);
  }

  /** Returns all dialects. */
  public static List<Dialect> all() {
    return ALL;
  }

  /** Returns the client sides of all dialects. */
  public static List<ClientApi> clients() {
    return CLIENTS;
  }

  /** Returns the paths of all client APIs, from which routes are rendered, each once. */
  public static List<Operation> operations() {
    return OPERATIONS;
  }

  /** Returns the request headers in which clients of any API, or proxies, prove who they are. */
  public static Set<String> credentialHeaders() {
    return CREDENTIAL_HEADERS;
  }

  /** Returns the request headers that the provider sides of the dialects set. */
  public static Set<String> headersOfProviders() {
    return HEADERS_OF_PROVIDERS;
  }

  /** Returns the client API that errors are written in where a request names none. */
  public static ClientApi usual() {
    return CLIENTS.getFirst();
  }

  /**
   * Returns the client API that a request is made in, or null when it is none.
   *
   * @param headers the first value of a request header by its lower-case name, or an empty text
   */
  public static @Nullable ClientApi client(
      String method, String path, UnaryOperator<String> headers) {
    ClientApi first = null;
    for (ClientApi client : CLIENTS) {
      if (client.operation(method, path) != null) {
        if (client.isSpoken(headers)) {
          return client;
        }
        first = first == null ? client : first;
      }
    }
    return first;
  }

  /** Returns the client API that has an operation at a path under any method, or null. */
  public static @Nullable ClientApi owner(String path) {
    return CLIENTS.stream()
        .filter(client -> client.operationAt(path) != null)
        .findFirst()
        .orElse(null);
  }

  /** Returns the client side of the dialect with this name. */
  public static Optional<ClientApi> clientNamed(String name) {
    return CLIENTS.stream().filter(client -> client.name().equals(name)).findFirst();
  }

  /** Returns the dialect with this config name. */
  public static Optional<Dialect> named(String name) {
    return ALL.stream().filter(dialect -> dialect.name().equals(name)).findFirst();
  }
}
