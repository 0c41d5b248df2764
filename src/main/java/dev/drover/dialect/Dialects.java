package dev.drover.dialect;

import dev.drover.dialect.openai.OpenAiClient;
import dev.drover.dialect.openai.OpenAiProvider;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The closed registry of dialects. The only class that names the package of one. */
public final class Dialects {
  private static final List<Dialect> ALL =
      List.of(dialect(new OpenAiClient(), new OpenAiProvider()));
  private static final List<ClientApi> CLIENTS = ALL.stream().map(Dialect::client).toList();
  private static final List<Operation> OPERATIONS =
      CLIENTS.stream().flatMap(client -> client.operations().stream()).toList();

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

  private Dialects() {}

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

  /** Returns the operations of all client APIs, from which routes are rendered. */
  public static List<Operation> operations() {
    return OPERATIONS;
  }

  /** Returns the request headers in which clients of any API, or proxies, prove who they are. */
  public static Set<String> credentialHeaders() {
    return CREDENTIAL_HEADERS;
  }

  /** Returns the client API that errors are written in where a request names none. */
  public static ClientApi usual() {
    return CLIENTS.getFirst();
  }

  /** Returns the dialect with this config name. */
  public static Optional<Dialect> named(String name) {
    return ALL.stream().filter(dialect -> dialect.name().equals(name)).findFirst();
  }
}
