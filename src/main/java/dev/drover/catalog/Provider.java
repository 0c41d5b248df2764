package dev.drover.catalog;

import dev.drover.credential.AuthScheme;
import dev.drover.credential.CredentialPool;
import dev.drover.dialect.ClientApi;
import dev.drover.dialect.Dialect;
import dev.drover.dialect.Dialects;
import dev.drover.dialect.Operation;
import dev.drover.dialect.ProviderApi;
import dev.drover.types.NamePatterns;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A provider of an LLM API. Immutable, except for the rotation of its keys.
 *
 * @param name the name in the config
 * @param tls true when the provider is reached by HTTPS
 * @param host DNS name or address in lower case, IPv6 in brackets
 * @param port TCP port
 * @param authority the host, and the port where it is not the scheme's own
 * @param basePath the path that operations stand under, without a trailing slash; may be empty
 * @param dialects the APIs that the provider speaks, the preferred one first; at least one
 * @param paths the paths that operations of some APIs stand under, by dialect, where they are not
 *     {@code basePath}; {@code {model}} in one stands for the model's name
 * @param apiVersion goes into the query as {@code api-version}; empty for none
 * @param credentials the provider's credentials
 * @param auth the header that takes a key
 * @param headers further request headers, lower-case names
 * @param forwards headers of clients that the provider gets beside those of the client's API
 * @param refuses fields of requests that the provider refuses
 * @param passthrough true when the provider gets the keys that clients send for it
 */
public record Provider(
    String name,
    boolean tls,
    String host,
    int port,
    String authority,
    String basePath,
    List<Dialect> dialects,
    Map<String, String> paths,
    String apiVersion,
    CredentialPool credentials,
    AuthScheme auth,
    Map<String, String> headers,
    NamePatterns forwards,
    Set<String> refuses,
    boolean passthrough) {
  /**
   * The room that the headers of the config take in a request.
   *
   * @param headers their number
   * @param bytes the bytes of their names and values
   */
  public record HeaderRoom(int headers, int bytes) {}

  public Provider {
    dialects = List.copyOf(dialects);
    paths = Map.copyOf(paths);
    refuses = Set.copyOf(refuses);
  }

  /**
   * Returns the provider as a model of it is reached: without the APIs that the model is not served
   * in. A model that none of them is known to serve keeps them all.
   */
  Provider serving(String model) {
    List<Dialect> able =
        dialects.stream().filter(dialect -> dialect.provider().serves(model)).toList();
    return able.isEmpty() || able.size() == dialects.size()
        ? this
        : new Provider(
            name,
            tls,
            host,
            port,
            authority,
            basePath,
            able,
            paths,
            apiVersion,
            credentials,
            auth,
            headers,
            forwards,
            refuses,
            passthrough);
  }

  /** Returns whether the provider speaks the API of a client. */
  public boolean speaks(ClientApi client) {
    for (int i = 0; i < dialects.size(); i++) {
      if (dialects.get(i).provider().clientApi().equals(client.name())) {
        return true;
      }
    }
    return false;
  }

  /** Returns the API that the provider is spoken to in: the client's own where it speaks that. */
  public ProviderApi api(ClientApi client) {
    for (int i = 0; i < dialects.size(); i++) {
      if (dialects.get(i).provider().clientApi().equals(client.name())) {
        return dialects.get(i).provider();
      }
    }
    return api();
  }

  /** Returns the API that the provider prefers. */
  public ProviderApi api() {
    return dialects.getFirst().provider();
  }

  /** Returns the path that operations of an API stand under, without a trailing slash. */
  public String path(ProviderApi api, String model) {
    String own = paths.get(api.name());
    if (own != null) {
      return own.replace("{model}", model);
    }
    return basePath.isEmpty() ? api.versionPath() : basePath;
  }

  /**
   * Returns the path that an operation has at the provider where no Drover translates; null when
   * the provider does not speak its API.
   */
  public @Nullable String path(Operation operation) {
    for (Dialect dialect : dialects) {
      ClientApi client = dialect.client();
      if (client != null
          && operation.path().exact()
          && client.operations().stream().anyMatch(own -> own.path().equals(operation.path()))) {
        return path(dialect.provider(), "") + operation.suffix();
      }
    }
    return null;
  }

  /**
   * Returns the paths of requests that Drover makes for a model of the provider, without queries.
   */
  public Set<String> paths(String model) {
    Set<String> all = new LinkedHashSet<>();
    for (Dialect dialect : dialects) {
      ProviderApi api = dialect.provider();
      Dialects.clientNamed(api.clientApi()).stream()
          .flatMap(client -> client.operations().stream())
          .filter(Operation::isRouted)
          .forEach(
              operation -> {
                all.add(path(api, model) + api.path(operation, model, false));
                all.add(path(api, model) + api.path(operation, model, true));
              });
    }
    return all;
  }

  /** Returns a path with the query that the provider wants. */
  public String withQuery(String path) {
    if (apiVersion.isEmpty() || path.contains("api-version=")) {
      return path;
    }
    return path + (path.indexOf('?') < 0 ? '?' : '&') + "api-version=" + apiVersion;
  }

  /** Returns the room that this provider's headers take. */
  HeaderRoom headerRoom() {
    int bytes = 0;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      bytes += header.getKey().length() + header.getValue().length();
    }
    return new HeaderRoom(headers.size(), bytes);
  }
}
