package dev.drover.credential;

import com.google.api.client.http.javanet.NetHttpTransport;
import dev.drover.config.schema.AwsCredentialConfig;
import dev.drover.config.schema.AzureCredentialConfig;
import dev.drover.config.schema.CredentialConfig;
import dev.drover.config.schema.ProviderCredentialConfig;
import dev.drover.credential.cloud.AwsIssuer;
import dev.drover.credential.cloud.AzureIssuer;
import dev.drover.credential.cloud.GoogleIssuer;
import dev.drover.credential.cloud.Issuer;
import dev.drover.credential.cloud.Renewed;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * The credentials of all providers, by how they are found. Outlives reloads, so that a token or the
 * rest of a key is not lost with the config that named it. Thread-safe.
 */
public final class Credentials implements AutoCloseable {
  /** Receives each renewal: which credential, and whether another was issued. */
  @FunctionalInterface
  public interface Listener {
    void renewed(String credential, boolean issued);
  }

  private record Use(ProviderCredentialConfig config, AuthScheme scheme, String region) {}

  private final Map<Use, ProviderCredential> known = new ConcurrentHashMap<>();
  private final Secrets secrets;
  private final Function<String, @Nullable String> environment;
  private final InstantSource wall;
  private final Listener listener;
  private final boolean asks;

  private Credentials(
      Secrets secrets,
      Function<String, @Nullable String> environment,
      InstantSource wall,
      Listener listener,
      boolean asks) {
    this.secrets = secrets;
    this.environment = environment;
    this.wall = wall;
    this.listener = listener;
    this.asks = asks;
  }

  /**
   * Returns credentials that are asked for where a config names them.
   *
   * @param secrets where API keys are looked up
   * @param environment looks an environment variable up, null when unset
   */
  public static Credentials asking(
      Secrets secrets,
      Function<String, @Nullable String> environment,
      InstantSource wall,
      Listener listener) {
    return new Credentials(secrets, environment, wall, listener, true);
  }

  /** Returns credentials of which no cloud is asked: their tokens count as present. */
  public static Credentials offline(Secrets secrets) {
    return new Credentials(secrets, _ -> null, InstantSource.system(), (_, _) -> {}, false);
  }

  /**
   * Returns a pool of the credentials of one provider.
   *
   * @param region the provider's region, or null
   */
  public CredentialPool pool(
      List<ProviderCredentialConfig> configs,
      AuthScheme scheme,
      String host,
      @Nullable String region) {
    return new CredentialPool(
        configs.stream()
            .map(
                config ->
                    known.computeIfAbsent(
                        new Use(config, scheme, region(config, host, region)), this::made))
            .toList());
  }

  private static String region(
      ProviderCredentialConfig config, String host, @Nullable String providers) {
    AwsCredentialConfig aws = config.aws();
    if (aws == null) {
      return "";
    }
    return AwsCredentialConfig.region(aws.region() == null ? providers : aws.region(), host);
  }

  /** Ends what renews credentials that no provider has any more. */
  public void retain(Collection<CredentialPool> used) {
    List<ProviderCredential> kept = used.stream().flatMap(pool -> pool.all().stream()).toList();
    known
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !kept.contains(entry.getValue());
              if (gone) {
                entry.getValue().close();
              }
              return gone;
            });
  }

  /** Returns all that are known. */
  public List<ProviderCredential> all() {
    return new ArrayList<>(known.values());
  }

  @Override
  public void close() {
    known.values().forEach(ProviderCredential::close);
  }

  private ProviderCredential made(Use use) {
    ProviderCredentialConfig config = use.config();
    CredentialConfig place = config.place();
    if (place != null) {
      return new KeyCredential(secrets.at(place), use.scheme());
    }
    if (!asks) {
      return new AssumedCredential(name(config));
    }
    if (config.aws() != null) {
      Renewed<AwsCredentialsIdentity> renewed =
          renewed(
              name(config) + part("for", use.region()), new AwsIssuer(config.aws(), use.region()));
      return new RenewedCredential<>(
          renewed,
          identity -> new SigV4(identity, use.region()),
          Credentials::secrets,
          SigV4.HEADERS);
    }
    Issuer<String> issuer =
        config.google() != null
            ? new GoogleIssuer(config.google(), NetHttpTransport::new, environment)
            : azure(Objects.requireNonNull(config.azure(), "checked when the config is loaded"));
    return new RenewedCredential<>(
        renewed(name(config), issuer),
        token -> new ApiKey(token, AuthScheme.BEARER),
        List::of,
        Set.of(AuthScheme.BEARER.header()));
  }

  private AzureIssuer azure(AzureCredentialConfig config) {
    CredentialConfig place = config.secret();
    return new AzureIssuer(
        config, place == null ? () -> null : secrets.at(place)::value, environment);
  }

  private <T> Renewed<T> renewed(String name, Issuer<T> issuer) {
    return new Renewed<>(name, issuer, wall, issued -> listener.renewed(name, issued));
  }

  private static List<String> secrets(AwsCredentialsIdentity identity) {
    List<String> all = new ArrayList<>(List.of(identity.secretAccessKey()));
    if (identity instanceof AwsSessionCredentialsIdentity session) {
      all.add(session.sessionToken());
    }
    return all;
  }

  private static String name(ProviderCredentialConfig config) {
    AwsCredentialConfig aws = config.aws();
    if (aws != null) {
      return "aws" + part("role", aws.roleArn()) + part("profile", aws.profile());
    }
    if (config.google() != null) {
      return config.google().metadata()
          ? "google metadata server"
          : "google" + part("file", config.google().file());
    }
    AzureCredentialConfig azure = config.azure();
    return azure == null
        ? ""
        : "azure "
            + proof(azure)
            + part("tenant", azure.tenant())
            + part("client", azure.client())
            + part("for", azure.resource());
  }

  private static String proof(AzureCredentialConfig azure) {
    return azure.managedIdentity()
        ? "managed identity"
        : azure.secret() != null ? "client secret" : "workload identity";
  }

  private static String part(String name, @Nullable String value) {
    return value == null ? "" : " " + name + " " + value;
  }
}
