package dev.drover.credential.cloud;

import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.IClientCredential;
import com.microsoft.aad.msal4j.ManagedIdentityApplication;
import com.microsoft.aad.msal4j.ManagedIdentityId;
import com.microsoft.aad.msal4j.ManagedIdentityParameters;
import dev.drover.config.schema.AzureCredentialConfig;
import dev.drover.types.FileContent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Issues access tokens of Microsoft Entra ID by Microsoft's own library. */
public final class AzureIssuer implements Issuer<String> {
  private static final String PUBLIC_CLOUD = "https://login.microsoftonline.com";
  private static final int CONNECT_MILLIS = 5_000;
  private static final int READ_MILLIS = 20_000;
  private static final long PATIENCE_SECONDS = 60;

  private final AzureCredentialConfig config;
  private final Supplier<@Nullable String> secret;
  private final Function<String, @Nullable String> environment;

  /**
   * @param secret the client secret as it is now, or null
   * @param environment looks an environment variable up, null when unset
   */
  public AzureIssuer(
      AzureCredentialConfig config,
      Supplier<@Nullable String> secret,
      Function<String, @Nullable String> environment) {
    this.config = config;
    this.secret = secret;
    this.environment = environment;
  }

  @Override
  public Issued<String> issue() throws Exception {
    IAuthenticationResult token = config.managedIdentity() ? managed() : registered();
    return new Issued<>(token.accessToken(), token.expiresOnDate().toInstant());
  }

  private IAuthenticationResult managed() throws Exception {
    String client = or(config.client(), "AZURE_CLIENT_ID");
    ManagedIdentityId id =
        client == null
            ? ManagedIdentityId.systemAssigned()
            : ManagedIdentityId.userAssignedClientId(client);
    return ManagedIdentityApplication.builder(id)
        .connectTimeoutForDefaultHttpClient(CONNECT_MILLIS)
        .readTimeoutForDefaultHttpClient(READ_MILLIS)
        .build()
        .acquireTokenForManagedIdentity(
            ManagedIdentityParameters.builder(config.resource()).forceRefresh(true).build())
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private IAuthenticationResult registered() throws Exception {
    String client = needed("client", config.client(), "AZURE_CLIENT_ID");
    String tenant = needed("tenant", config.tenant(), "AZURE_TENANT_ID");
    String host = or(config.authority(), "AZURE_AUTHORITY_HOST");
    String authority = (host == null ? PUBLIC_CLOUD : host).replaceAll("/+$", "");
    ConfidentialClientApplication.Builder application =
        ConfidentialClientApplication.builder(client, proof())
            .authority(authority + "/" + tenant + "/")
            .instanceDiscovery(false)
            .connectTimeoutForDefaultHttpClient(CONNECT_MILLIS)
            .readTimeoutForDefaultHttpClient(READ_MILLIS);
    ClientCredentialParameters wanted =
        ClientCredentialParameters.builder(Set.of(config.resource() + "/.default"))
            .skipCache(true)
            .build();
    return application.build().acquireToken(wanted).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private IClientCredential proof() throws IOException {
    if (config.secret() != null) {
      String value = secret.get();
      if (value == null) {
        throw new MissingSetting("azure.secret");
      }
      return ClientCredentialFactory.createFromSecret(value);
    }
    String file =
        needed("federated_token_file", config.federatedTokenFile(), "AZURE_FEDERATED_TOKEN_FILE");
    String token = FileContent.text(Path.of(file), FileContent.MOST_OF_SECRET).strip();
    return ClientCredentialFactory.createFromClientAssertion(token);
  }

  private String needed(String key, @Nullable String configured, String variable)
      throws MissingSetting {
    String value = or(configured, variable);
    if (value == null) {
      throw new MissingSetting("azure." + key + ", and " + variable);
    }
    return value;
  }

  private @Nullable String or(@Nullable String configured, String variable) {
    return configured == null ? environment.apply(variable) : configured;
  }
}
