package dev.drover.credential.cloud;

import dev.drover.config.schema.AwsCredentialConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** Issues AWS credentials by the AWS SDK. */
public final class AwsIssuer implements Issuer<AwsCredentialsIdentity> {
  private static final String SESSION = "drover";
  private final AwsCredentialConfig config;
  private final String region;
  private @Nullable AwsCredentialsProvider provider;
  private @Nullable SdkHttpClient http;

  /**
   * @param region of STS, where a role is assumed
   */
  public AwsIssuer(AwsCredentialConfig config, String region) {
    this.config = config;
    this.region = region;
  }

  @Override
  public Issued<AwsCredentialsIdentity> issue() {
    AwsCredentialsProvider known = provider;
    if (known == null) {
      known = made();
      provider = known;
    }
    AwsCredentialsIdentity identity = known.resolveCredentials();
    return new Issued<>(identity, identity.expirationTime().orElse(null));
  }

  @Override
  public void close() {
    if (provider instanceof SdkAutoCloseable closeable) {
      closeable.close();
    }
    if (http != null) {
      http.close();
    }
  }

  private AwsCredentialsProvider made() {
    AwsCredentialsProvider own =
        config.profile() == null
            ? DefaultCredentialsProvider.builder().build()
            : ProfileCredentialsProvider.create(config.profile());
    String role = config.roleArn();
    if (role == null) {
      return own;
    }
    SdkHttpClient client = UrlConnectionHttpClient.create();
    http = client;
    StsClientBuilder sts = StsClient.builder().region(Region.of(region)).httpClient(client);
    if (config.webIdentity() != null) {
      return StsWebIdentityTokenFileCredentialsProvider.builder()
          .stsClient(sts.credentialsProvider(AnonymousCredentialsProvider.create()).build())
          .roleArn(role)
          .roleSessionName(SESSION)
          .webIdentityTokenFile(Path.of(config.webIdentity()))
          .build();
    }
    return StsAssumeRoleCredentialsProvider.builder()
        .stsClient(sts.credentialsProvider(own).build())
        .refreshRequest(
            request ->
                request.roleArn(role).roleSessionName(SESSION).externalId(config.externalId()))
        .build();
  }
}
